import type * as z from 'zod';
import type { Answer } from '../answers/answer.ts';
import type { CallerServices } from '../calls/services.ts';
import type { GeneralToolManifest } from '../catalog/manifest.ts';
import type { Call } from '../http/call.ts';

/** A tool of the server itself, over all platforms. */
export interface GeneralTool extends Omit<GeneralToolManifest, 'input' | 'output'> {
  input: z.ZodObject;
  /** What people ask for when they mean it, for the search. */
  words?: string;
  output?: z.ZodObject;
  /** What arguments have to be that a step of a chain hands on: checked before it runs. */
  wants?: Readonly<Record<string, 'table' | 'result' | 'run'>>;
  call(args: never, shared: CallerServices, call: Call): Promise<Answer>;
}

/** Declares a tool. It exists so that the compiler checks it. */
export function general<Input extends z.ZodObject>(
  tool: Omit<GeneralTool, 'input' | 'call'> & {
    input: Input;
    call(args: z.output<Input>, shared: CallerServices, call: Call): Promise<Answer>;
  },
): GeneralTool {
  return tool as unknown as GeneralTool;
}

export const reading = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;
