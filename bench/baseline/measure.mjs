import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Where the system tells about other processes; elsewhere there is nothing to read their time and memory from. */
export const canObserve = existsSync(`/proc/${process.pid}/task`);

export const say = figures => console.log(JSON.stringify(figures));

export function quantile(numbers, q) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = numbers => quantile(numbers, 0.5);

/** Milliseconds that each of `count` calls takes, one after the other. */
export async function sequential(count, call) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times;
}

/** Seconds that `count` calls take, so many at a time. */
export async function concurrent(count, atATime, call) {
  const start = performance.now();
  let left = count;
  const lane = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return (performance.now() - start) / 1000;
}

/** Seconds of processor that a process has used, all its threads. */
export function processorSeconds(pid) {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** MiB of memory that a process has resident: now (`VmRSS`), or at the most (`VmHWM`). */
export function residentMiB(pid, field = 'VmRSS') {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(new RegExp(`${field}:\\s+(\\d+) kB`))[1]) / 1024;
}

/** Makes `VmHWM` start anew from what is resident now. False where the system does not allow it. */
export function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

/** Most memory that a process has resident until `done`, MiB. */
export async function peakUntil(pid, done) {
  const exact = forgetPeak(pid);
  let peak = residentMiB(pid);
  const ended = done.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([ended, wait(20, false)]))) peak = Math.max(peak, residentMiB(pid));
  return exact ? Math.max(peak, residentMiB(pid, 'VmHWM')) : peak;
}
