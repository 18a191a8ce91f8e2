import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { ReadResourceResult } from '@modelcontextprotocol/server';
import { buildFile } from '../base/build-files.ts';
import type { PageName } from '../catalog/manifest.ts';
import { pageMediaType } from '../catalog/pages.ts';

/** As long as the program runs. */
const ttlMs = 3_600_000;

/** A page as it is built: one file, which asks nobody for anything, so that it needs no policy of its own. */
export async function readPage(
  name: PageName,
  uri: string,
): Promise<{ contents: ReadResourceResult['contents']; ttlMs: number }> {
  const text = await readPageText(name);
  return { contents: [{ uri, mimeType: pageMediaType, text, _meta: { ui: { csp: {}, prefersBorder: true } } }], ttlMs };
}

/** Pages, and the one that shows them without a client. */
type BuiltPage = PageName | 'showroom';

const read = new Map<BuiltPage, Promise<string>>();

/** The HTML of a page. */
export function readPageText(name: BuiltPage): Promise<string> {
  const known = read.get(name) ?? unpack(name);
  read.set(name, known);
  return known;
}

const unpack = async (name: BuiltPage) =>
  (await promisify(brotliDecompress)(await readFile(buildFile(`pages/${name}.html.br`)))).toString();
