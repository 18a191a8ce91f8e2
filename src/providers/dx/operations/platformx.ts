import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { flag, payload, required, text } from '../arguments.ts';
import { allRows } from '../paging.ts';
import { web } from '../web.ts';
import { personById } from './users.ts';

const project = z.looseObject({ id: z.string(), name: z.string() });

export const listProjects = operation({
  ...web('platformx:manage'),
  name: 'dx_list_platform_projects',
  route: 'GET /platformx.projects.list',
  risk: 'reads',
  summary: 'List the PlatformX projects, which events are recorded in.',
  input: z.strictObject({}),
  output: project,
  paging: allRows('projects'),
  resource: { uri: 'dx://platform-projects', title: 'PlatformX projects of DX' },
  example: { arguments: {} },
});

export const createProject = operation({
  ...web('platformx:manage'),
  name: 'dx_create_platform_project',
  route: 'POST /platformx.projects.create',
  risk: 'adds',
  summary: 'Create a PlatformX project to record events in. Its token is stored for the person, and never shown here.',
  verifyWith: 'dx_list_platform_projects shows whether it was created.',
  input: z.strictObject({
    name: required('Name'),
    creator_id: required('Whom it belongs to: id, email address or name').meta({ reference: personById }),
    hidden: flag('Not shown in DX'),
    webhook_destination_url: text('Where events are passed on to'),
  }),
  output: project,
  example: { arguments: { name: 'Portal usage', creator_id: 'Ingrid Solberg' } },
  async send(args, context) {
    const { body } = await context.request(createProject, args);
    const { token, ...made } = payload('project')(body) as z.input<typeof project> & { token?: unknown };
    return typeof token === 'string' ? { ...made, ...(await handOver(token, args, context)) } : made;
  },
});

/** Who has the token can write events. A person opens the result; the model gets no more than its name. */
async function handOver(token: string, args: { name: string }, context: OperationContext): Promise<Row> {
  context.hide(token);
  const origin = { operation: createProject, arguments: args, name: `Token of ${args.name}`, isSecret: true as const };
  try {
    const { uri } = await context.store(origin, { bytes: bytesOf(token) });
    return { token_stored_as: uri, next: `The person opens ${uri} as a resource; it is DX_PROJECT_TOKEN.` };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { warnings: [`Created, but its token could not be stored: ${error.message} DX shows it in PlatformX.`] };
  }
}

async function* bytesOf(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
