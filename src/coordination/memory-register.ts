import type { Clock } from '../base/clock.ts';
import type { Register, Value } from './register.ts';

interface Kept {
  version: number;
  value: Value;
  lapsesAt: number;
}

/** Below this many keys, lapsed ones are in nobody's way. */
const someKeys = 1000;

/** For the calls of one process. */
export function memoryRegister(clock: Clock): Register {
  const entries = new Map<string, Kept>();
  // Of all keys together, so that a version is never the one of something that was forgotten meanwhile.
  let latest = 0;
  let roomy = someKeys;

  function forgetLapsed(): void {
    const now = clock.now();
    for (const [key, { lapsesAt }] of entries) if (lapsesAt <= now) entries.delete(key);
    roomy = Math.max(someKeys, entries.size * 2);
  }

  return {
    async read(key) {
      const { version = 0, value, lapsesAt = 0 } = entries.get(key) ?? {};
      return { version, ...(value && lapsesAt > clock.now() ? { value } : {}) };
    },
    async write(key, version, value, lapsesAt) {
      if ((entries.get(key)?.version ?? 0) !== version) return undefined;
      latest += 1;
      entries.set(key, { version: latest, value, lapsesAt });
      if (entries.size > roomy) forgetLapsed();
      return latest;
    },
  };
}
