import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { operation } from '../../../operations/operation.ts';
import { done, filePath, flag, folder } from '../arguments.ts';
import { sizeTold } from '../losses.ts';
import { existing } from '../stored-files.ts';
import { connector, connectorId } from './connections.ts';
import { downloadFile } from './file-transfer.ts';

export const deleteFile = operation({
  name: 'datagrok_delete_file',
  route: 'DELETE /public/v1/files/{connector}/{path*}',
  risk: 'deletes',
  question: 'Delete the file {path} of {connector}?',
  async describeLoss({ connector: holder, path }, context) {
    const download = () => context.request(downloadFile, { connector: holder, path }, { expect: 'stream' });
    return sizeTold('file', path, await existing(download));
  },
  summary: 'Delete a file of a file share. Undocumented.',
  words: 'remove',
  input: z.strictObject({ connector, path: filePath }),
  ...done,
  example: { arguments: { connector: 'MaraOkafor:Home', path: 'notes.txt' } },
});

export const listFiles = operation({
  name: 'datagrok_list_files',
  route: 'GET /connectors/connections/{connector}/files/{dir*}/',
  risk: 'reads',
  summary: 'List the files and folders of a file share. Internal route of the browser.',
  words: 'what is in a shared folder',
  input: z.strictObject({ connector: connectorId, dir: folder, recursive: flag('Folders inside too') }),
  output: z.looseObject({ path: z.string(), isFile: z.boolean() }),
  paging: whole({ items: body => body }),
  resource: { uri: 'datagrok://shares/{connector}/files{?dir,recursive}', title: 'Files of a file share' },
  example: { arguments: { connector: 'System:DemoFiles', dir: 'geology' } },
});
