import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { flag, project, search, since, text, until } from '../arguments.ts';
import { pages } from '../paging.ts';
import { dropEmpty, pick } from '../rows.ts';

export const visibility = z.enum(['private', 'internal', 'public']).optional().describe('Who may see it');

const listed = ['id', 'path_with_namespace', 'name', 'description', 'default_branch', 'visibility', 'last_activity_at'];

// Some hundred fields come, most of them switches of the web pages; runners_token is a credential.
const noise =
  /^(runners_token|_links|tag_list|permissions|container_|.*_(access_level|enabled|template|regex|count|user|format)$|only_allow|remove_source|squash|auto_|printing|restrict_|request_|resolve_|suggestion|service_desk|emails_|warn_|pre_receive|allow_|merge_(trains|pipelines|commit)|keep_|prevent_|mirror|security_|enforce_|repository_storage|lfs_|shared_|ci_(default|separated|forward|allow|restrict|id)|avatar|name_with)/;

/** A project without credentials and without what only the web pages need. */
export const readable = (body: unknown): Row =>
  dropEmpty(Object.fromEntries(Object.entries((body ?? {}) as Row).filter(([name]) => !noise.test(name))));

export const projectRow = z.looseObject({
  id: z.number(),
  path_with_namespace: z.string(),
  name: z.string(),
  default_branch: z.string().nullish(),
});

/** A path or number is a key as it stands; people know a project by its name, too, or by the end of its path. */
const named = reference({
  list: () => listProjects,
  key: 'id',
  label: 'path_with_namespace',
  takesLabel: true,
  also: ['name'],
  search: 'search',
  own: { membership: true, search_namespaces: true },
  keyForm: /^\d+$|\//,
  async current(key, context) {
    const { body } = await context.request(getProject, { project: key });
    return (body as { path_with_namespace?: string }).path_with_namespace;
  },
});

/** `project` of every operation in this provider that has a resource. */
export const projectArgument = project.meta({ reference: named });

export const listProjects = operation({
  name: 'dataops_list_projects',
  route: 'GET /projects',
  risk: 'reads',
  summary: 'List DataOps.live projects this token can see.',
  words: 'our repositories repos',
  input: z.strictObject({
    search: text('Text in name or path'),
    search_namespaces: z.boolean().default(true).describe('Search whole paths, not only the last part'),
    membership: flag('Only projects with own membership'),
    archived: flag('Only archived, or only others'),
    active_since: since('Last activity').meta({ wire: 'last_activity_after' }),
    active_until: until('Last activity', 'active_since').meta({ wire: 'last_activity_before' }),
    // The long rows take the platform seconds a page: https://docs.gitlab.com/api/projects/
    simple: z.boolean().default(true).describe('false: with visibility and archived, slower'),
    order_by: z.enum(['id', 'name', 'last_activity_at']).optional().describe('Default: newest first'),
  }),
  output: projectRow,
  paging: pages({
    show: row => ({
      ...pick(row, listed),
      ...(row['archived'] === true && { archived: true }),
      ...(Array.isArray(row['topics']) && row['topics'].length > 0 && { topics: row['topics'] }),
    }),
    keyset: { order_by: 'id' },
  }),
  resource: { uri: 'dataops://projects', title: 'DataOps.live projects' },
  example: { arguments: { membership: true } },
});

export const getProject = operation({
  name: 'dataops_get_project',
  route: 'GET /projects/{project}',
  risk: 'reads',
  summary: 'Show a project: default branch, settings, state. Credentials are left out.',
  words: 'settings visibility url clone address',
  input: z.strictObject({ project: projectArgument }),
  output: projectRow,
  repair: readable,
  resource: { uri: 'dataops://projects/{project}', title: 'A DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

/** The number of a project, for what takes no path. */
export async function numberOf(project: string, context: OperationContext): Promise<number> {
  const { body } = await context.request(getProject, { project });
  return Number((body as Row)['id']);
}

export const settings = {
  description: text('Description'),
  visibility,
  default_branch: text('Default branch'),
  ci_config_path: text('Default pipeline file'),
};

export const createProject = operation({
  name: 'dataops_create_project',
  route: 'POST /projects',
  risk: 'adds',
  summary: 'Create a project. Give namespace_id (dataops_list_namespaces) unless it is for yourself.',
  words: 'new repository repo',
  verifyWith: 'dataops_list_projects with search shows whether it was created.',
  input: z.strictObject({
    name: z.string().min(1).describe('Name'),
    path: text('Last part of its address; default: from the name'),
    namespace_id: z.number().int().optional().describe('Group or user namespace'),
    initialize_with_readme: flag('Start with a README, so that it has a branch'),
    ...settings,
  }),
  output: projectRow,
  repair: readable,
  example: { arguments: { name: 'Drill Assays', namespace_id: 11 } },
});

export const listNamespaces = operation({
  name: 'dataops_list_namespaces',
  route: 'GET /namespaces',
  risk: 'reads',
  summary: 'List groups and user namespaces that projects can be in.',
  words: 'where a project can be made',
  input: z.strictObject({ search, owned_only: flag('Only own ones') }),
  output: z.looseObject({ id: z.number(), full_path: z.string(), kind: z.string() }),
  paging: pages({ show: row => pick(row, ['id', 'full_path', 'name', 'kind', 'parent_id', 'web_url']) }),
  resource: { uri: 'dataops://namespaces', title: 'DataOps.live namespaces' },
  example: { arguments: {} },
});

export const example = { arguments: { project: 'meridian/data/drill-assays' } };
