import { Fault } from '../../base/errors.ts';
import type { OperationContext } from '../../operations/operation.ts';

/** It travels in JSON, so it is in memory, as base64 and inside the request. */
const mostBytes = 10 * 2 ** 20;

export interface FileContent {
  content?: string | undefined;
  encoding?: 'text' | 'base64' | undefined;
  source?: unknown;
}

/**
 * What a file is to hold, as the commit takes it: the content as it was given, or the bytes of a source as base64. What
 * goes into a `.csv` goes as CSV.
 * @throws Fault `too_large` above 10 MiB
 */
export async function contentOf(
  { content, encoding, source, path }: FileContent & { path: string },
  context: OperationContext,
): Promise<Pick<FileContent, 'content' | 'encoding'>> {
  if (source === undefined) return { content, encoding };
  const found = await context.source(source);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of found.body(path.endsWith('.csv') ? 'csv' : 'bytes').open()) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > mostBytes) throw tooLarge(found.extent);
  }
  return { content: Buffer.concat(chunks).toString('base64'), encoding: 'base64' };
}

const tooLarge = (extent: string) =>
  new Fault({
    code: 'too_large',
    message: `The source (${extent}) is larger than the ${mostBytes / 2 ** 20} MiB that fit one commit.`,
    hint: 'Narrow it with query_result and give the handle of its answer.',
  });
