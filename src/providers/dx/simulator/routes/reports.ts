import * as z from 'zod';
import { integer, list, map, prose, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId, pageOf } from '../paging.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import type { Report } from '../things/studio.ts';
import { iso, pick, sent } from '../world.ts';

const tile = z.object({
  title: text,
  sql: text,
  chart_type: z.enum(['line', 'pie', 'stacked_bar', 'scatter', 'table']),
  chart_config: map.default({}),
});

const shape = {
  name: text,
  owner_email: text.optional(),
  description: prose.optional(),
  markdown_notes: prose.optional(),
  view_access_type: z.enum(['owner_and_direct_url_only', 'everyone', 'specific_users']).optional(),
  edit_access_type: z.enum(['read_only', 'everyone', 'specific_users']).optional(),
  viewer_emails: list.optional(),
  editor_emails: list.optional(),
  tiles: z.array(tile).optional(),
};
const changeShape = z.object(shape).partial().shape;
type Changes = z.output<z.ZodObject<typeof changeShape>>;

const reads = { scopes: ['studio:reports:read'] } as const;
const writes = { scopes: ['studio:reports:write'] } as const;

function find({ world }: Call, id: string): Report {
  const found = world.reports.find(report => report.id === id);
  if (!found) throw notFound('report');
  return found;
}

function change(call: Call, report: Report, { tiles, ...rest }: Changes): Report {
  const made = tiles?.map(one => ({ id: encodeId(call.world.nextId()), ...one }));
  return Object.assign(report, sent(rest), made && { tiles: made }, { updated_at: iso(call.now) });
}

function create(call: Call, args: Changes): Report {
  const { world, caller, now } = call;
  const owner_email = args.owner_email ?? caller.email;
  if (owner_email === undefined) throw invalid('owner_email is needed with an organization token');
  if (!world.users.some(({ email }) => email === owner_email)) throw invalid(`${owner_email} is not known`);
  const report: Report = {
    id: encodeId(world.nextId()),
    name: '',
    description: null,
    markdown_notes: null,
    owner_email,
    view_access_type: 'owner_and_direct_url_only',
    edit_access_type: 'read_only',
    viewer_emails: [],
    editor_emails: [],
    tiles: [],
    created_at: iso(now),
    updated_at: iso(now),
  };
  world.reports.push(report);
  return change(call, report, args);
}

const brief = ['id', 'name', 'description', 'owner_email', 'view_access_type', 'created_at', 'updated_at'];

export const reportEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET studio.reports.list',
    reads,
    { limit: integer.optional(), cursor: text.optional(), search_term: text.optional() },
    ({ world }, { search_term = '', ...paging }) => {
      const found = world.reports.filter(({ name }) => name.toLowerCase().includes(search_term.toLowerCase()));
      const { page, ...rest } = pageOf(found, paging, { most: 100 });
      return ok({ reports: page.map(report => pick(report, ...brief)), ...rest });
    },
  ),
  endpoint('GET studio.reports.info', reads, { id: text }, (call, { id }) => ok({ report: find(call, id) })),
  endpoint('POST studio.reports.create', writes, shape, (call, args) => ok({ report: create(call, args) })),
  endpoint('POST studio.reports.update', writes, { id: text, ...changeShape }, (call, args) => {
    const { id, ...changes } = args;
    return ok({ report: change(call, find(call, id), changes) });
  }),
  endpoint('POST studio.reports.delete', writes, { id: text }, (call, { id }) => {
    const report = find(call, id);
    const { email } = call.caller;
    if (email !== undefined && email !== report.owner_email)
      throw refusal('not_authorized', 'Only its owner may delete a report');
    call.world.reports = call.world.reports.filter(one => one !== report);
    return ok();
  }),
];
