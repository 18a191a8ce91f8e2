import type { Alarm, Clock } from '../base/clock.ts';
import type { Register, Value } from './register.ts';

/** The right of one process to work on something, for as long as the process is there. */
export interface Lease {
  /** Aborts when the right has gone to somebody else, because this process was held up for too long. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/** It is renewed so often (real ms), and lapses when that has not happened for three times as long. */
const renewEveryMs = 2_000;
const lapsesAfter = 3;

/** Undefined where another process has it. */
export async function takeLease(clock: Clock, register: Register, key: string): Promise<Lease | undefined> {
  const holder = process.getBuiltinModule('node:crypto').randomBytes(12).toString('base64url');
  const lost = new AbortController();
  const self = whoThisIs();
  let { version, value } = await register.read(key);
  if (value && Number(value['until']) > clock.now() && !hasEnded(value, self)) return undefined;
  let alarm: Alarm | undefined;
  let isReleased = false;
  // What is written follows upon each other, so that a renewal does not cross the release.
  let turn: Promise<boolean> = Promise.resolve(true);

  function write(): Promise<boolean> {
    turn = turn.then(async isHeld => {
      if (!isHeld) return false;
      alarm?.clear();
      alarm = isReleased ? undefined : clock.alarm(renewEveryMs, renew);
      // On a clock that runs fast, an alarm takes more of its time.
      const now = clock.now();
      const until = alarm ? now + lapsesAfter * (alarm.at - now) : 0;
      const written = await register.write(key, version, { holder, until, ...self }, until + 1);
      if (written === undefined) alarm?.clear();
      else version = written;
      return written !== undefined;
    });
    return turn;
  }

  function renew(): void {
    write().then(
      isHeld => {
        if (!isHeld) lost.abort(new LeaseLost());
      },
      () => lost.abort(new LeaseLost()),
    );
  }

  if (!(await write())) return undefined;
  return {
    lost: lost.signal,
    async release() {
      isReleased = true;
      await write().catch(() => {});
    },
  };
}

/** A process, and where its number means anything: the machine, and the container on it. */
type Holder = Readonly<{ place: string; pid: number }>;

function whoThisIs(): Holder {
  const { hostname } = process.getBuiltinModule('node:os');
  const { readlinkSync } = process.getBuiltinModule('node:fs');
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has several.
  }
  return { place: `${hostname()} ${process.platform} ${space}`, pid: process.pid };
}

/** Whether whoever had the lease was killed: then nobody has to wait until it lapses. */
function hasEnded({ place: there, pid }: Value, { place }: Holder): boolean {
  if (there !== place || typeof pid !== 'number') return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Somebody else goes on with it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
