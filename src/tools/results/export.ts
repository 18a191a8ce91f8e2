import * as z from 'zod';
import type { ExportFormat } from '../../results/export.ts';
import { general } from '../general-tool.ts';
import { resultUri } from './read.ts';

// Here, because the first call of any of these tools reads the schema, and few need what exports.
const formats = ['csv', 'parquet', 'json', 'ndjson'] as const satisfies readonly ExportFormat[];

export const exportResultTool = general({
  name: 'export_result',
  title: 'Export a stored result',
  description:
    'Write a stored table in another format: as a stored result, or to a file in a folder the operator allowed.',
  input: z.strictObject({
    result: resultUri,
    format: z.enum(formats),
    path: z.string().optional().describe('File; left out: into the store'),
    overwrite: z.boolean().optional(),
  }),
  output: z.looseObject({ name: z.string(), bytes: z.number() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  needs: 'writing',
  async call({ result: uri, format, path, overwrite = false }, shared, { signal }) {
    const { exportedBytes, storeExport } = await import('../../results/export.ts');
    const result = await shared.results.get(uri);
    const context = { ...shared, signal };
    const exported = exportedBytes(result, format, context);
    if (path === undefined) {
      const { uri, name, bytes } = await storeExport(result, format, exported, context);
      return { kind: 'value', value: { result: uri, name, bytes, rows: result.rows } };
    }
    const { writeLocalFile } = await import('../../results/transfer/local-write.ts');
    const written = await writeLocalFile(path, shared.folders, exported.bytes, { overwrite, signal });
    return {
      kind: 'value',
      value: { path: written.path, name: exported.name, bytes: written.bytes, rows: result.rows },
    };
  },
});
