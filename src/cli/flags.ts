import { parseArgs } from 'node:util';
import * as z from 'zod';
import { generalSettings } from '../config.ts';
import { fieldMeta } from '../operation.ts';
import { httpOptions } from '../server/http/settings.ts';
import type { Flags } from './session.ts';

/** A setting as a flag. */
export interface Flag {
  /** As commander names it: `resultsDir`. */
  name: string;
  /** `results-dir` */
  long: string;
  /** What stands for the value in help; a switch has none. */
  value?: string;
  /** It may be given several times. */
  several?: boolean;
  readonly description: string;
  choices?: readonly string[];
}

/** A flag for each general setting, and `--config`. */
export const generalFlags: readonly Flag[] = [
  ...Object.entries(generalSettings.shape).map(([key, schema]) => flagOf(key, schema)),
  { name: 'config', long: 'config', value: 'file', description: 'JSON file with settings and connections' },
];

/** A flag for each option of the HTTP server. Made on demand: only one command has them. */
export const httpFlags = (): readonly Flag[] =>
  Object.entries(httpOptions.shape).map(([key, schema]) => flagOf(key, schema));

// Asked of the schema itself: this is on the way of every start, where converting it to JSON Schema would be felt.
// The default is told, not set: a flag that is not given must leave the variable and the file their say.
function flagOf(key: string, schema: z.ZodType): Flag {
  const isSwitch = schema.safeParse('true').data === true;
  const fallback = isSwitch ? undefined : schema.safeParse(undefined).data;
  const several = schema.safeParse([]).success;
  const { innerType } = (schema as { def?: { innerType?: z.ZodType } }).def ?? {};
  const choices = innerType instanceof z.ZodEnum ? innerType.options.map(String) : undefined;
  return {
    name: key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    long: key.replaceAll('_', '-'),
    ...(isSwitch ? {} : { value: key.split('_').at(-1) ?? key }),
    ...(several ? { several } : {}),
    // For help only.
    get description() {
      const { description = '' } = fieldMeta(schema);
      return fallback === undefined ? description : `${description} (default: ${String(fallback)})`;
    },
    ...(choices ? { choices } : {}),
  };
}

/**
 * The flags of a command line that has nothing else: a server is to be started. Undefined for any other, right or
 * wrong. It saves the common start the 8 ms that a parser with commands, help and suggestions takes to load.
 */
export function serverFlags(argv: readonly string[]): Flags | undefined {
  const options = Object.fromEntries(
    generalFlags.map(({ long, value, several = false }) => [
      long,
      { type: value ? ('string' as const) : ('boolean' as const), multiple: several },
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options });
    return Object.fromEntries(
      generalFlags.flatMap(({ name, long, choices }) => {
        const value = values[long];
        if (choices && value !== undefined && !choices.includes(String(value))) throw new Error('not a choice');
        return value === undefined ? [] : [[name, value]];
      }),
    );
  } catch {
    return undefined;
  }
}
