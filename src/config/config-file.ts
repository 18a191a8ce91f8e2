import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { zodMessage } from '../base/zod-messages.ts';
import { configFault } from './config-fault.ts';

type Settings = Record<string, unknown>;

/** What stands in it, as far as its form is what it has to be. */
type ConfigFile = Settings & { connections?: Record<string, Settings>; http?: Settings };

/** @throws Fault `not_configured` */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    // Some editors begin a file with the mark of its encoding.
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw configFault(
      `Cannot read the configuration file ${path}: ${(cause as Error).message}.`,
      'Check the path given with --config.',
      cause,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw configFault(
      `${path} is not JSON: ${(cause as Error).message}.`,
      'Mend the file; comments and trailing commas are not allowed.',
      cause,
    );
  }
  const object = z.looseObject({});
  const form = object.extend({ connections: z.record(z.string(), object).optional(), http: object.optional() });
  const parsed = form.safeParse(content, { error: zodMessage });
  if (parsed.success) return content as ConfigFile;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `In ${path}, ${issue.path.join('.')}` : path;
  throw configFault(`${where} ${issue?.message}.`, 'See "Configuration file" in docs/configuration.md.');
}
