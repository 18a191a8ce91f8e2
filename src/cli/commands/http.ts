import { once } from 'node:events';
import { listen } from '../../server/http/listen.ts';
import { type Flags, openSession } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** The HTTP server, until it is told to stop. */
export async function http(flags: Flags, httpFlags: Flags, { env, signal }: Terminal): Promise<0> {
  const { server, config, close } = await openSession(flags, env, { httpFlags });
  if (config.allow_dir) server.log.warn({}, 'allow_dir is for callers on this machine: over HTTP it opens nothing');
  try {
    const listener = await listen(server, config.http);
    server.log.info({ url: listener.url }, 'listening');
    if (!signal.aborted) await once(signal, 'abort');
    server.log.info({}, 'stopping');
    await listener.drain();
  } finally {
    await close();
  }
  return 0;
}
