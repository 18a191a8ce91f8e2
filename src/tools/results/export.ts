import * as z from 'zod';
import type { Row } from '../../base/json-value.ts';
import type { CallerServices } from '../../calls/services.ts';
import { askAgainArgument, tokenArgument } from '../../calls/tool-input.ts';
import type { ExportFormat } from '../../results/export.ts';
import type { StoredResult } from '../../results/result.ts';
import { general } from '../general-tool.ts';
import { resultUri } from './read.ts';

// Here, because the first call of any of these tools reads the schema, and few need what exports.
const formats = ['csv', 'parquet', 'json', 'ndjson', 'file'] as const satisfies readonly ExportFormat[];

export const exportResultTool = general({
  name: 'export_result',
  title: 'Export a stored result',
  description:
    'Write a stored table in another format, or any result as it arrived (file): as a stored result with the path or link by which a person gets it, or to a file in a folder the operator allowed.',
  input: z.strictObject({
    result: resultUri,
    format: z.enum(formats),
    path: z.string().optional().describe('File; left out: into the store'),
    overwrite: z.boolean().optional(),
    confirm: tokenArgument(),
    ask_again: askAgainArgument(),
  }),
  output: z.looseObject({ name: z.string(), bytes: z.number() }),
  wants: { result: 'result' },
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  needs: 'writing',
  async call({ result: uri, format, path, overwrite = false, ...given }, shared, { signal, person }) {
    const { exportedBytes, storeExport } = await import('../../results/export.ts');
    const result = await shared.results.get(uri);
    const context = { ...shared, signal };
    const exported = exportedBytes(result, format, context);
    if (path === undefined) {
      // As it arrived it is stored already.
      const made = format === 'file' ? result : await storeExport(result, format, exported, context);
      const value = { result: made.uri, name: made.name, bytes: made.bytes, rows: result.rows };
      return { kind: 'value', value: { ...value, ...(await wayToFile(made, shared)) } };
    }
    const { fileAt, writeLocalFile } = await import('../../results/transfer/local-write.ts');
    const matter = {
      name: 'export_result',
      what: ['export_result', path, uri, format],
      async look() {
        const there = overwrite ? await fileAt(path, shared.folders) : undefined;
        if (!there) return undefined;
        const { bytes, changed } = there;
        const text = `Replace the file "${there.path}" (${bytes} bytes, of ${new Date(changed).toISOString()}) by "${result.name}"?`;
        return { text, bound: [result.id, result.createdAt, bytes, changed] };
      },
    };
    const question = shared.unattended
      ? undefined
      : await shared.confirmations.agree(matter, given, shared.clock.now(), person);
    if (question) return question;
    const written = await writeLocalFile(path, shared.folders, exported.bytes, { overwrite, signal });
    return {
      kind: 'value',
      value: { path: written.path, name: exported.name, bytes: written.bytes, rows: result.rows },
    };
  },
});

/** How a person gets it as a file: by a link of this server, or the path that would be written to. */
async function wayToFile(result: StoredResult, { downloadLink, folders }: CallerServices): Promise<Row> {
  const link = downloadLink(result);
  if (link) return { download: link.url, download_until: link.expires };
  const { pathFor } = await import('../../results/transfer/local-write.ts');
  const path = pathFor(result.name, folders);
  return path === undefined ? {} : { path_to_write: path };
}
