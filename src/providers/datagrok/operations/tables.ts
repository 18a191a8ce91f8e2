import * as z from 'zod';
import { isRow } from '../../../base/json-value.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { entity, existingEntity } from '../arguments.ts';
import { existing, fetchFile } from '../stored-files.ts';

const table = existingEntity('Table: UUID or Grok name, like MaraOkafor:CopperheadNorth:Collars').meta({
  foundIn: { listing: 'datagrok_list_tables', key: 'id' },
});

/** What an upload answers: how people find the thing. */
export const address = z.looseObject({
  id: z.string().nullish(),
  grok_name: z.string().nullish(),
  url: z.string().nullish(),
});

/** `ID`, `Grok name`, `Markup`, `URL`; some servers write `id`, and all but the id may be missing. */
export function addressOf(body: unknown): unknown {
  if (!isRow(body)) return { done: true };
  const { ID, id, 'Grok name': name, Markup: _, URL: url, ...rest } = body as Record<string, unknown>;
  return { id: ID ?? id, ...(name ? { grok_name: name } : {}), ...(url ? { url: linkOf(url) } : {}), ...rest };
}

/** Servers put names into it as they stand; with a space in it, it is no link that anybody can follow. */
const linkOf = (url: unknown) => (typeof url === 'string' ? url.replaceAll(' ', '%20') : url);

export const downloadTable: Operation = operation({
  name: 'datagrok_download_table',
  route: 'GET /public/v1/tables/{table}',
  risk: 'reads',
  summary: 'Store a Datagrok table as a result.',
  words: 'get fetch export as csv',
  input: z.strictObject({ table }),
  output: z.looseObject({}),
  resource: { uri: 'datagrok://tables/{table}', title: 'A table on Datagrok' },
  example: { arguments: { table: 'MaraOkafor:CopperheadNorth:Collars' } },
  collects: 'table',
  collect(args, context) {
    const name = `${args.table.slice(args.table.lastIndexOf(':') + 1)}.csv`;
    return fetchFile({ operation: downloadTable, args, name }, context);
  },
});

export const uploadTable = operation({
  name: 'datagrok_upload_table',
  route: 'POST /public/v1/tables/{table}',
  risk: 'replaces',
  question: 'Replace the table {table}?',
  verifyWith: 'datagrok_download_table shows what is there now.',
  summary: 'Upload data as a table, or replace the data of one. Answers id, name and URL.',
  words: 'save store a CSV as a table',
  input: z.strictObject({
    table: entity('Table: new name (goes into a project of its own), project:table, or an existing one'),
    source: sourceArgument().meta({ in: 'payload', wire: 'csv', source: 'csv' }),
  }),
  output: address,
  repair: addressOf,
  example: { arguments: { table: 'CopperheadNorth:RQD', source: 'result://k3v9x0q2m1ab' } },
  async describeLoss({ table: name }, context) {
    const size = await existing(() => context.request(downloadTable, { table: name }, { expect: 'stream' }));
    return size && `The table ${name} is there already (${size}) and its data would be replaced.`;
  },
});
