import * as z from 'zod';
import { operation, reference } from '../../../operations/operation.ts';
import { flag, group, minimumRole, search, sort } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';

/** A path or number is a key as it stands; the listing is read for completion alone. */
export const groupArgument = group.meta({
  reference: reference({
    list: () => listGroups,
    key: 'full_path',
    label: 'full_path',
    also: ['name'],
    search: 'search',
    keyForm: /^\S+$/,
  }),
});

export const groupRow = z.looseObject({
  id: z.number(),
  full_path: z.string(),
  name: z.string(),
  visibility: z.string().nullish(),
});

const filters = {
  search,
  owned: flag('Only those you own'),
  min_access_level: minimumRole,
};

export const projectRow = z.looseObject({
  id: z.number(),
  path_with_namespace: z.string(),
  default_branch: z.string().nullish(),
  last_activity_at: z.string().nullish(),
});

export const namespaceRow = z.looseObject({ id: z.number(), full_path: z.string(), kind: z.string() });

export const listGroups = operation({
  name: 'dataops_list_groups',
  route: 'GET /groups',
  risk: 'reads',
  summary: 'List groups you can see.',
  words: 'organisations',
  input: z.strictObject({ ...filters, top_level_only: flag('Without subgroups') }),
  output: groupRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://groups', title: 'DataOps.live groups' },
  example: { arguments: { search: 'data' } },
});

export const getGroup = operation({
  name: 'dataops_get_group',
  route: 'GET /groups/{group}',
  risk: 'reads',
  summary: 'Show a group and its settings.',
  words: 'members visibility',
  input: z.strictObject({
    group: groupArgument,
    // The platform's default is true, and a hundred projects are no detail of a group.
    with_projects: z.boolean().default(false).describe('With up to 100 of its projects'),
  }),
  output: groupRow,
  resource: { uri: 'dataops://groups/{group}', title: 'DataOps.live group' },
  example: { arguments: { group: 'meridian/data' } },
});

export const listGroupProjects = operation({
  name: 'dataops_list_group_projects',
  route: 'GET /groups/{group}/projects',
  risk: 'reads',
  summary: 'List the projects of a group.',
  words: 'repositories in a group',
  input: z.strictObject({
    group: groupArgument,
    search,
    archived: flag('Only archived, or only active'),
    include_subgroups: flag('Those of subgroups too'),
    order_by: z
      .enum(['id', 'name', 'path', 'created_at', 'updated_at', 'similarity', 'last_activity_at'])
      .optional()
      .describe('Order (created_at)'),
    sort,
  }),
  output: projectRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://groups/{group}/projects', title: 'Projects of a DataOps.live group' },
  example: { arguments: { group: 'meridian/data', include_subgroups: true } },
});

export const listSubgroups = operation({
  name: 'dataops_list_subgroups',
  route: 'GET /groups/{group}/subgroups',
  risk: 'reads',
  summary: 'List the groups directly inside a group.',
  words: 'groups below under child',
  input: z.strictObject({ group: groupArgument, ...filters }),
  output: groupRow,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian' } },
});

export const listDescendantGroups = operation({
  name: 'dataops_list_descendant_groups',
  route: 'GET /groups/{group}/descendant_groups',
  risk: 'reads',
  summary: 'List the groups inside a group, at any depth.',
  words: 'groups below under, whole tree',
  input: z.strictObject({ group: groupArgument, ...filters }),
  output: groupRow,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian' } },
});

const namespace = z
  .string()
  .min(1)
  .describe('Namespace: number or full path')
  .meta({ foundIn: { listing: 'dataops_list_namespaces', key: 'id' } });

export const getNamespace = operation({
  name: 'dataops_get_namespace',
  route: 'GET /namespaces/{namespace}',
  risk: 'reads',
  summary: 'Show a namespace: the group or user that projects can live in.',
  input: z.strictObject({ namespace }),
  output: namespaceRow,
  example: { arguments: { namespace: 'meridian/data' } },
});

export const checkNamespace = operation({
  name: 'dataops_check_namespace',
  route: 'GET /namespaces/{path}/exists',
  risk: 'reads',
  summary: 'Tell whether the path of a group or user is taken, and suggest free ones.',
  words: 'name free available exists',
  input: z.strictObject({
    path: z.string().min(1).describe('Path, without its parent'),
    parent_id: z.number().int().optional().describe('Number of the parent group'),
  }),
  output: z.looseObject({ exists: z.boolean(), suggests: z.array(z.string()).nullish() }),
  example: { arguments: { path: 'meridian' } },
});
