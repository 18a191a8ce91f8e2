import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { print, type Terminal } from '../terminal.ts';
import { clients, type McpClient, serverName } from './clients.ts';
import { withEntry } from './edit.ts';
import { ownFiles } from './files.ts';
import type { SetupFlags } from './flags.ts';
import { launch, usualLaunch } from './launch.ts';

/** Prints what a client's configuration has to hold, in its format; where it goes, on stderr. */
export async function printEntry(name: string, flags: SetupFlags, { stdout, stderr, env }: Terminal): Promise<0> {
  const client = clients.find(one => one.name === name) as McpClient;
  const { config } = await ownFiles();
  // Without accounts there is nothing that a configuration could name.
  const options = flags.sandbox || !existsSync(config) ? ['--sandbox'] : ['--config', config];
  const entry = client.entry(launch(flags.launch ?? usualLaunch(process.argv[1] ?? ''), options));
  const path = client.file({ platform: process.platform, home: homedir(), env });
  print(stdout, (await withEntry(client, { text: '', path, name: serverName, entry })).trimEnd());
  print(stderr, '', `It goes into ${path}, beside what is there. ${client.next}`);
  return 0;
}
