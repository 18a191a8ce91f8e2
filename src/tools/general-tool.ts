import type * as z from 'zod';
import type { Answer } from '../answers/answer.ts';
import type { Shared } from '../calls/services.ts';
import type { GeneralFacts } from '../catalog/manifest.ts';
import type { Call } from '../http/call.ts';

/** A tool of the server itself, over all platforms. */
export interface GeneralTool extends Omit<GeneralFacts, 'input' | 'output'> {
  input: z.ZodObject;
  output?: z.ZodObject;
  call(args: never, shared: Shared, call: Call): Promise<Answer>;
}

/** Declares a tool. It exists so that the compiler checks it. */
export function general<Input extends z.ZodObject>(
  tool: Omit<GeneralTool, 'input' | 'call'> & {
    input: Input;
    call(args: z.output<Input>, shared: Shared, call: Call): Promise<Answer>;
  },
): GeneralTool {
  return tool as unknown as GeneralTool;
}

export const reading = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;
