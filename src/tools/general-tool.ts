import type * as z from 'zod';
import type { Answer } from '../answers/answer.ts';
import type { Shared } from '../calls/call.ts';
import type { Call } from '../http/client.ts';
import type { Parts } from '../results/optional-parts.ts';

/** What has to be there so that a tool can do something: runs, operations that are not tools, leave to write, a part. */
export type Need = 'runs' | 'unlisted' | 'unlisted reading' | 'unlisted writing' | 'writing' | keyof Parts;

/** A tool of the server itself, over all platforms. */
export interface GeneralTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  output?: z.ZodObject;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
  /** Without it the tool is not listed. */
  needs?: Need;
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
