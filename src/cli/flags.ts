import { parseArgs } from 'node:util';
import * as z from 'zod';
import { generalSettings } from '../config/config.ts';
import { httpOptions } from '../config/http.ts';
import { fieldMeta } from '../operations/operation.ts';
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

const configFlag: Flag = {
  name: 'config',
  long: 'config',
  value: 'file',
  description: 'JSON file with settings and connections',
};

/** A flag for each general setting, and `--config`. */
export const generalFlags = (): readonly Flag[] => [...flagsOf(generalSettings), configFlag];

/** How fast the sandbox lives where it is to be watched, and where clients from outside live in real time. */
export const speeds = { demo: 2, sandbox: 1 };

/** Of the general flags those that mean something to a command, with the defaults they have there. */
export function commandFlags(command: string): readonly Flag[] {
  if (['setup', 'token', 'add', 'completion', 'help'].includes(command)) return [];
  const speed = speeds[command as keyof typeof speeds];
  if (speed === undefined) return generalFlags();
  const flags = generalFlags().map(flag =>
    flag.name === 'sandboxSpeed'
      ? { ...flag, description: flag.description.replace(/\(default: [^()]*\)/, `(default: ${speed})`) }
      : flag,
  );
  return command === 'sandbox' ? flags.filter(({ name }) => name === 'sandboxSpeed') : flags;
}

/** A flag for each option of the HTTP server. */
export const httpFlags = (): readonly Flag[] => flagsOf(httpOptions());

const flagsOf = ({ shape }: z.ZodObject): Flag[] =>
  Object.entries(shape).map(([key, schema]) => flagOf(key, schema as z.ZodType));

const longOf = (key: string) => key.replaceAll('_', '-');

// Asked of the schema itself: this is on the way of starts, where converting it to JSON Schema would be felt.
// The default is told, not set: a flag that is not given must leave the variable and the file their say.
function flagOf(key: string, schema: z.ZodType): Flag {
  const isSwitch = schema.safeParse('true').data === true;
  const fallback = isSwitch ? undefined : schema.safeParse(undefined).data;
  // By what it makes of it: a number is made of an empty list too.
  const several = Array.isArray(schema.safeParse([]).data);
  const { innerType } = (schema as { def?: { innerType?: z.ZodType } }).def ?? {};
  const choices = innerType instanceof z.ZodEnum ? innerType.options.map(String) : undefined;
  return {
    name: key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    long: longOf(key),
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
  const flags = [...flagsNamedIn(argv), configFlag];
  const options = Object.fromEntries(
    flags.map(({ long, value, several = false }) => [
      long,
      { type: value ? ('string' as const) : ('boolean' as const), multiple: several },
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options });
    return Object.fromEntries(
      flags.flatMap(({ name, long, choices }) => {
        const value = values[long];
        if (choices && value !== undefined && !choices.includes(String(value))) throw new Error('not a choice');
        return value === undefined ? [] : [[name, value]];
      }),
    );
  } catch {
    return undefined;
  }
}

/** The flags of general settings that are on a command line: most starts have one or none, and a flag takes a while. */
function flagsNamedIn(argv: readonly string[]): Flag[] {
  const named = new Set(argv.map(word => word.replace(/^--/, '').split('=', 1)[0]));
  return Object.entries(generalSettings.shape)
    .filter(([key]) => named.has(longOf(key)))
    .map(([key, schema]) => flagOf(key, schema));
}
