import { once } from 'node:events';
import { systemClock } from '../../base/clock.ts';
import { speeds } from '../flags.ts';
import { type Flags, readConfig, startSandbox } from '../session.ts';
import { print, type Terminal } from '../terminal.ts';

/** Farther apart than this, in seconds, no platform takes a signature any more. */
const apart = 300;

/** Runs only the simulators until it is told to stop; stdout is the environment that connects to them. */
export async function sandbox(flags: Flags, { json }: { json?: true | undefined }, terminal: Terminal): Promise<0> {
  const { env, signal, stdout, stderr } = terminal;
  const { sandbox_speed: speed } = await readConfig(flags, {
    DATA_PLATFORMS_SANDBOX: 'true',
    DATA_PLATFORMS_SANDBOX_SPEED: `${speeds.sandbox}`,
    ...env,
  });
  const { simulators, environment, close } = await startSandbox(systemClock(speed));
  try {
    for (const { platform, baseUrl } of Object.values(simulators)) print(stderr, `${platform}: ${baseUrl}`);
    if (speed > 1) {
      const seconds = Math.round(apart / (speed - 1));
      print(stderr, `Time runs ${speed} times as fast: a client on real time is refused after some ${seconds} s.`);
    }
    print(stderr, 'Paste the lines below into the shell of the client. Ctrl-C ends the sandbox.');
    if (json) print(stdout, JSON.stringify(environment, null, 2));
    else print(stdout, ...Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`));
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await close();
  }
  return 0;
}

// Line ends included: a PEM has them, and a shell takes them between single quotes.
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
