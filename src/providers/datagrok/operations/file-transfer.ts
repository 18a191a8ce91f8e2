import * as z from 'zod';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, filePath } from '../arguments.ts';
import { existing, fetchFile, fileName } from '../stored-files.ts';
import { connector } from './connections.ts';

const demoCollars = { connector: 'System:DemoFiles', path: 'geology/collars.csv' };

export const downloadFile: Operation = operation({
  name: 'datagrok_download_file',
  route: 'GET /public/v1/files/{connector}/{path*}',
  risk: 'reads',
  summary: 'Store a file of a file share as a result: a table if it is CSV, otherwise its bytes.',
  words: 'get fetch',
  input: z.strictObject({ connector, path: filePath }),
  output: z.looseObject({}),
  resource: { uri: 'datagrok://files/{connector}/{+path}', title: 'A file on Datagrok' },
  example: { arguments: demoCollars },
  collect: (args, context) =>
    fetchFile({ operation: downloadFile, args, name: fileName(args.path), asIs: true }, context),
});

export const uploadFile = operation({
  name: 'datagrok_upload_file',
  route: 'POST /public/v1/files/{connector}/{path*}',
  risk: 'replaces',
  question: 'Replace the file {path} of {connector}?',
  verifyWith: 'datagrok_download_file shows what is there now.',
  summary: 'Write data to a file of a file share, byte for byte.',
  words: 'put write save store into a shared folder',
  input: z.strictObject({
    connector,
    path: filePath,
    source: sourceArgument().meta({ in: 'payload', wire: 'content', source: 'bytes' }),
  }),
  ...done,
  example: { arguments: { connector: 'MaraOkafor:Home', path: 'exports/rqd.csv', source: 'result://k3v9x0q2m1ab' } },
  async describeLoss({ connector: holder, path }, context) {
    const size = await existing(() => context.request(downloadFile, { connector: holder, path }, { expect: 'stream' }));
    return size && `The file ${path} is there already (${size}) and would be replaced.`;
  },
});
