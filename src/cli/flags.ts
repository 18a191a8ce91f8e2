import { parseArgs } from 'node:util';
import * as z from 'zod';
import { generalSettings } from '../config.ts';
import type { Flags } from './session.ts';

/** A general setting as a flag. */
export interface GeneralFlag {
  /** As commander names it: `resultsDir`. */
  name: string;
  /** `results-dir` */
  long: string;
  /** What stands for the value in help; a switch has none. */
  value?: string;
  description: string;
  choices?: readonly string[];
}

interface Setting {
  description?: string;
  type?: string | string[];
  enum?: string[];
  default?: unknown;
  anyOf?: Setting[];
}

/** A flag for each general setting, and `--config`. */
export const generalFlags: readonly GeneralFlag[] = [
  ...Object.entries(z.toJSONSchema(generalSettings, { io: 'input', unrepresentable: 'any' }).properties ?? {}).map(
    ([key, schema]) => flagOf(key, schema as Setting),
  ),
  { name: 'config', long: 'config', value: 'file', description: 'JSON file with settings and connections' },
];

// The default is told, not set: a flag that is not given must leave the variable and the file their say.
function flagOf(key: string, { description = '', type, enum: choices, default: fallback, anyOf = [] }: Setting) {
  const isSwitch = [type, ...anyOf.map(one => one.type)].flat().includes('boolean');
  return {
    name: key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    long: key.replaceAll('_', '-'),
    ...(isSwitch ? {} : { value: key.split('_').at(-1) ?? key }),
    description: fallback === undefined || isSwitch ? description : `${description} (default: ${String(fallback)})`,
    ...(choices ? { choices } : {}),
  };
}

/**
 * The flags of a command line that has nothing else: a server is to be started. Undefined for any other, right or
 * wrong. It saves the common start the 8 ms that a parser with commands, help and suggestions takes to load.
 */
export function serverFlags(argv: readonly string[]): Flags | undefined {
  const options = Object.fromEntries(
    generalFlags.map(({ long, value }) => [long, { type: value ? ('string' as const) : ('boolean' as const) }]),
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
