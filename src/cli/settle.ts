import { lazily } from '../base/lazy.ts';
import { compileSchemas } from '../schemas.ts';
import type { DataPlatformsServer } from '../server/create.ts';

let told = () => {};

/** What else a server of this process does after its first call. */
export function afterFirstCall(called: () => void): void {
  told = called;
}

/**
 * Has a server do after its first call what makes those that follow faster, and what its own answer does not wait for.
 * Not for commands: theirs is the last one.
 */
export function settleOnFirstCall(server: DataPlatformsServer): void {
  const settle = () => {
    compileSchemas();
    told();
  };
  server.observe({ called: lazily(() => void setImmediate(settle)), answered() {} });
}
