import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { payload, required } from '../arguments.ts';
import { fetchLink } from '../links.ts';
import { allRows } from '../paging.ts';
import { rowsUnder, web } from '../web.ts';

/** The link is a credential for as long as it lasts, so it is followed here and not shown. */
const withoutLink = ({ download_url: _, ...upload }: Row): Row => upload;

const uploaded = z.looseObject({ id: z.string(), filename: z.string().nullish(), upload_type: z.string().nullish() });

export const listOrgFiles = operation({
  ...web('teams:manage'),
  name: 'dx_list_org_files',
  route: 'GET /orgfiles.list',
  risk: 'reads',
  summary: 'List the organisation files (CSV of users or teams) that were uploaded.',
  words: 'csv of users, employees',
  input: z.strictObject({}),
  output: uploaded,
  paging: allRows('uploads', { show: withoutLink }),
  resource: { uri: 'dx://org-files', title: 'DX organisation files' },
  example: { arguments: {} },
});

export const downloadOrgFile: Operation = operation({
  ...web('teams:manage'),
  name: 'dx_download_org_file',
  route: 'GET /orgfiles.list',
  risk: 'reads',
  summary: 'Store an uploaded organisation file (CSV of users or teams) as a table.',
  input: z.strictObject({ id: required('Id of the upload (dx_list_org_files)').meta({ in: 'local' }) }),
  output: z.looseObject({}),
  example: { arguments: { id: 'NTAwMDE' } },
  async collect({ id }, context) {
    const { body } = await context.request(listOrgFiles, {});
    const uploads = (rowsUnder('uploads')(body) ?? []) as Row[];
    const found = uploads.find(one => String(one['id']) === id);
    if (!found) throw noUpload(id);
    const name = String(found['filename'] ?? `${id}.csv`);
    const origin = { operation: downloadOrgFile, arguments: { id }, name };
    const result = await fetchLink({ link: found['download_url'] }, origin, context);
    return { result, summary: `Uploaded file ${name}.`, warnings: [] };
  },
});

const noUpload = (id: string) =>
  new Fault({
    code: 'not_found',
    message: `There is no organisation file ${id}.`,
    hint: 'dx_list_org_files shows what was uploaded.',
  });

export const uploadOrgFile = operation({
  ...web('snapshots:read'),
  name: 'dx_upload_org_file',
  route: 'POST /orgfiles.upload',
  risk: 'adds',
  summary:
    'Upload an organisation file: a CSV of users or teams, at most 10 MB. It is stored, and nothing is imported.',
  words: 'csv of users, employees',
  verifyWith: 'dx_list_org_files shows whether it arrived.',
  input: z.strictObject({
    file: sourceArgument().meta({ source: 'csv' }),
    upload_type: z.enum(['user', 'team']).describe('What its rows are'),
  }),
  output: uploaded.partial({ id: true }),
  repair: payload('upload'),
  example: { arguments: { file: [{ name: 'Ada Okafor', email: 'ada@kestrel.example' }], upload_type: 'user' } },
});
