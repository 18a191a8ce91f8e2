import type { Readable } from 'node:stream';
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { type Operation, type OperationContext, operation, type Row, type StoreOrigin } from '../../operation.ts';
import type { StoredResult } from '../../results/result.ts';
import { sourceArgument } from '../../results/source.ts';
import { done, isRow, payload, required, text, withoutOk } from './arguments.ts';
import { allRows } from './paging.ts';
import { named, rowsUnder, web } from './web.ts';

const toolset = 'org-files';

/** The link is a credential for as long as it lasts, so it is followed here and not shown. */
const withoutLink = ({ download_url: _, ...upload }: Row): Row => upload;

const uploaded = z.looseObject({ id: z.string(), filename: z.string().nullish(), upload_type: z.string().nullish() });

const listOrgFiles = operation({
  ...web('orgfiles.list', 'teams:manage'),
  name: 'dx_list_org_files',
  route: 'GET /orgfiles.list',
  effect: 'read',
  summary: 'List the organisation files (CSV of users or teams) that were uploaded.',
  toolset,
  input: z.strictObject({}),
  output: uploaded,
  paging: allRows('uploads', { show: withoutLink }),
  resource: { uri: 'dx://org-files', title: 'DX organisation files' },
  example: { arguments: {} },
});

const downloadOrgFile: Operation = operation({
  ...web('orgfiles.list', 'teams:manage'),
  name: 'dx_download_org_file',
  route: 'GET /orgfiles.list',
  effect: 'read',
  summary: 'Store an uploaded organisation file (CSV of users or teams) as a table.',
  toolset,
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
    const result = await fetched(linkIn({ link: found['download_url'] }), origin, context);
    return { result, summary: `Uploaded file ${name}.`, warnings: [] };
  },
});

const noUpload = (id: string) =>
  new Fault({
    code: 'not_found',
    message: `There is no organisation file ${id}.`,
    hint: 'dx_list_org_files shows what was uploaded.',
  });

const uploadOrgFile = operation({
  ...web('orgfiles.upload', 'snapshots:read'),
  name: 'dx_upload_org_file',
  route: 'POST /orgfiles.upload',
  effect: 'create',
  summary:
    'Upload an organisation file: a CSV of users or teams, at most 10 MB. It is stored, and nothing is imported.',
  toolset,
  doubt: 'dx_list_org_files shows whether it arrived.',
  input: z.strictObject({
    file: sourceArgument().meta({ source: 'csv' }),
    upload_type: z.enum(['user', 'team']).describe('What its rows are'),
  }),
  output: uploaded.partial({ id: true }),
  repair: payload('upload'),
  example: { arguments: { file: [{ name: 'Ada Okafor', email: 'ada@kestrel.example' }], upload_type: 'user' } },
});

/** What a link leads to, in the store. */
async function fetched(url: string, origin: StoreOrigin, context: OperationContext): Promise<StoredResult> {
  const { body, headers } = await context.download(url);
  const mediaType = headers['content-type'] ?? 'application/octet-stream';
  return context.store({ mediaType, ...origin }, { bytes: body as Readable });
}

const teamNode = z.looseObject({
  id: z.string().nullish(),
  name: z.string(),
  reference_id: z.string().nullish(),
});

const getHierarchy = operation({
  ...web('orgfiles.teamHierarchy.get', 'snapshots:admin'),
  name: 'dx_list_hierarchy_teams',
  route: 'GET /orgfiles.teamHierarchy.get',
  effect: 'read',
  summary: 'List the whole team hierarchy with leads and members: what dx_process_team_hierarchy would replace.',
  toolset,
  input: z.strictObject({}),
  output: teamNode,
  paging: allRows('teams'),
  resource: { uri: 'dx://team-hierarchy', title: 'DX team hierarchy' },
  example: { arguments: {} },
});

const plannedTeam = z.strictObject({
  name: z.string(),
  reference_id: z.string().optional(),
  team_lead_email: z.string().optional(),
  parent_team_reference_id: z.string().optional(),
  parent_team_name: z.string().optional(),
  contributors: z.array(z.string()).optional(),
});
type PlannedTeam = z.output<typeof plannedTeam>;

const plan = z.array(plannedTeam).min(1).describe('ALL teams there are to be; contributors are email addresses');
const example = {
  teams: [
    { name: 'Engineering', reference_id: 'kf-eng' },
    { name: 'Booking', reference_id: 'kf-booking', parent_team_reference_id: 'kf-eng' },
  ],
};

/** Which teams a hierarchy would archive and add. A team with a reference is known by that, otherwise by its name. */
async function changeTo(teams: z.output<typeof plan>, context: OperationContext): Promise<string> {
  const { body } = await context.request(getHierarchy, {});
  const before = (rowsUnder('teams')(body) ?? []) as Row[];
  const isSame = ({ name, reference_id }: PlannedTeam, one: Row) =>
    reference_id === undefined ? name === one['name'] : reference_id === one['reference_id'];
  const archived = before.filter(one => !teams.some(team => isSame(team, one))).map(({ name }) => name);
  const added = teams.filter(team => !before.some(one => isSame(team, one))).map(({ name }) => name);
  return [
    archived.length
      ? `This would archive ${archived.length} of the ${before.length} teams there are now: ${named(archived)}.`
      : `All ${before.length} teams there are now would stay.`,
    added.length ? `New: ${named(added)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

const previewHierarchy: Operation = operation({
  ...web('orgfiles.teamHierarchy.preview', 'snapshots:admin'),
  name: 'dx_preview_team_hierarchy',
  route: 'POST /orgfiles.teamHierarchy.preview',
  effect: 'read',
  summary:
    'Say which teams importing a team hierarchy would archive and add, and store the preview of DX. Changes nothing.',
  toolset,
  input: z.strictObject({ teams: plan }),
  output: z.looseObject({}),
  example: { arguments: example },
  async collect(args, context) {
    const { body } = await context.request(previewHierarchy, args);
    const url = linkIn(body);
    const result = await fetched(
      url,
      { operation: previewHierarchy, arguments: args, name: 'team-hierarchy-preview' },
      context,
    );
    const change = await changeTo(args.teams, context);
    return { result, summary: `${change} Nothing was changed.`, warnings: [] };
  },
});

/** The only address in an answer: no page names the field of the link. */
function linkIn(body: unknown): string {
  const facts = withoutOk(body);
  const link = isRow(facts) && Object.values(facts).find(value => typeof value === 'string' && URL.canParse(value));
  if (typeof link === 'string') return link;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: 'DX answered without a link to what it should show.',
    hint: 'Look at it in the web interface of DX.',
  });
}

const processHierarchy = operation({
  ...web('orgfiles.teamHierarchy.process', 'snapshots:admin'),
  name: 'dx_process_team_hierarchy',
  route: 'POST /orgfiles.teamHierarchy.process',
  effect: 'update',
  destructive: true,
  summary:
    'Import a whole team hierarchy: every team that is not listed is archived. It is queued; refused during a live ' +
    'snapshot and about 3 weeks after. dx_preview_team_hierarchy shows what it would do.',
  toolset,
  doubt: 'dx_list_hierarchy_teams shows, after a while, whether it was imported.',
  input: z.strictObject({ teams: plan, email: text('Who is told when it is done') }),
  ...done,
  example: { arguments: example },
  loses: ({ teams }, context) => changeTo(teams, context),
});

export const orgFiles = [
  listOrgFiles,
  uploadOrgFile,
  downloadOrgFile,
  getHierarchy,
  previewHierarchy,
  processHierarchy,
];
