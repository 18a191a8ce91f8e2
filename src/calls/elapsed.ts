import type { OperationContext } from '../operations/operation.ts';

const everyMs = 5_000;

/** Waits for work that says nothing of itself, and tells how long it has taken. */
export async function tellElapsed<T>(
  what: string,
  { clock, progress, deadline }: Pick<OperationContext, 'clock' | 'progress' | 'deadline'>,
  work: Promise<T>,
): Promise<T> {
  let seconds = 0;
  const tell = () => {
    if (clock.now() >= deadline) return;
    seconds += everyMs / 1000;
    progress(`${what}: ${seconds} s so far`);
    alarm = clock.alarm(everyMs, tell);
  };
  let alarm = clock.alarm(everyMs, tell);
  try {
    return await work;
  } finally {
    alarm.clear();
  }
}
