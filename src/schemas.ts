import { config } from 'zod';

/**
 * Makes zod interpret schemas. By default it compiles each object schema when it is first used, those of the protocol
 * too: some 6 ms of a start. For the executable alone: the setting holds for all schemas of a process.
 */
export function interpretSchemas(): void {
  config({ jitless: true });
}

/**
 * Makes zod compile schemas from their next use on, which pays for what every call uses: a tenth of a millisecond each.
 * In the executable that holds for the schemas that there are, too (see `scripts/build.mjs`).
 */
export function compileSchemas(): void {
  config({ jitless: false });
}
