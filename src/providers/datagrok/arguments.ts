import * as z from 'zod';
import { withoutEnd } from '../../base/text.ts';
import { decoded } from '../../http/path.ts';

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** In an address the server takes every period for a colon, so a name that has one cannot be said. */
export const isSayable = (name: string) => uuid.test(name) || !name.includes('.');
const unsayable =
  'a period cannot be part of a name in an address: give the id (UUID), or ":" between owner, project and name';

const inAddress = (name: string) => name.replaceAll(':', '.');

/** Out of our own URIs, and of links to the web interface, which end in `/p/<owner>.<project>.<name>`. */
function fromUri(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, pathname } = new URL(uri);
  const [, shown] = (protocol === 'datagrok:' ? /^\/([^/]+)/ : /\/p\/([^/]+)/).exec(pathname) ?? [];
  // A stray %: it is no address of ours, and the schema says what is wrong with it.
  const name = shown === undefined ? undefined : decoded(shown);
  if (name === undefined) return undefined;
  return uuid.test(name) || protocol === 'datagrok:' ? name : name.replaceAll('.', ':');
}

const name = (description: string) => z.string().min(1).refine(isSayable, unsayable).describe(description);

/** A thing by UUID or Grok name. */
export const entity = (description: string) => name(description).meta({ encode: inAddress, fromUri });

const isThere = (given: string) => !given.startsWith('result://');
const notThere = 'must be on the server: datagrok_upload_table makes a table of a result';

/** Something that is there already, whose name may be written as it stands in addresses: `System.DemoFiles`. */
export const existingEntity = (description: string) => entity(description).meta({ tidy: withColons });

/** Grok names are identifiers: a figure after a period, or a space, is of a name that cannot be said. */
const withColons = (text: string): string =>
  text.split('.').every(part => /^[a-z]\w*$/i.test(part)) ? text.replaceAll('.', ':') : text;

/** Several of them, in one segment of an address. */
export const entities = (description: string) =>
  z
    .array(name('UUID or Grok name').refine(isThere, notThere))
    .min(1)
    .describe(description)
    .meta({ encode: (names: string[]) => names.map(inAddress) });

const withoutSlash = (path: string) => path.replace(/^\/+/, '');

export const filePath = z
  .string()
  .min(1)
  .regex(/[^/]$/, 'must name a file')
  .describe('Path of the file in it')
  .meta({ encode: withoutSlash });

export const folder = z
  .string()
  .default('')
  .describe('Folder in it (root)')
  .meta({ encode: (path: string) => withoutEnd(withoutSlash(path), '/') });

export const flag = (description: string) => z.boolean().optional().describe(description);
export const text = (description: string) => z.string().optional().describe(description);
export const filter = text('Name, or smart filter like source="script"');

/** For routes that answer with nothing of use. */
export const done = {
  output: z.looseObject({ done: z.boolean() }),
  repair: () => ({ done: true }),
};
