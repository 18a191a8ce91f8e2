import type * as z from 'zod';
import type { Call } from '../http/client.ts';
import type { Answer } from './answer.ts';
import type { Shared } from './call.ts';

/** A tool of the server itself, over all platforms. */
export interface GeneralTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  output?: z.ZodObject;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
  /** False: there is nothing it could do here. */
  listed(shared: Shared): boolean;
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
