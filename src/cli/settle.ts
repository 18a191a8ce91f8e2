import { compileSchemas } from '../schemas.ts';

let told = () => {};

/** What else is to be done after the first call of this process. */
export function afterFirstCall(called: () => void): void {
  told = called;
}

/** Where one call was made, more will follow: does what makes them faster, and what its own answer does not wait for. */
export function settle(): void {
  setImmediate(() => {
    compileSchemas();
    told();
  });
}
