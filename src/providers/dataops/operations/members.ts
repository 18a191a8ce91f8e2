import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { drillAssays, flag, search, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

export const userRow = z.looseObject({ id: z.number(), username: z.string(), name: z.string().nullish() });
export const member = userRow.extend({
  access_level: z.number().describe('20 reporter, 30 developer, 40 maintainer, 50 owner'),
});

const query = text('Part of a name or user name');

/** A person by name, user name or number. `search`: the listing's argument that narrows it. */
export const person = (list: () => Operation, description: string, search = 'query') =>
  z
    .string()
    .min(1)
    .describe(`${description}: user name, name or number`)
    .meta({ reference: reference({ list, key: 'id', label: 'username', also: ['name'], search, keyForm: /^\d+$/ }) });

export interface Holder {
  noun: 'project' | 'group';
  /** Path of one. */
  path: string;
  argument: Readonly<Record<string, z.ZodType>>;
  /** Whom the longer of the two lists has. */
  everybody: string;
  example: Row;
}

export const ofProject: Holder = {
  noun: 'project',
  path: '/projects/{project}',
  argument: { project },
  everybody: 'who has access to a project, members of its groups',
  example: drillAssays,
};

export const ofGroup: Holder = {
  noun: 'group',
  path: '/groups/{group}',
  argument: { group },
  everybody: 'with a role in a group, members of its parents',
  example: { group: 'meridian/data' },
};

/** Who has a role in a project or group: given there itself, or from wherever it comes. */
function membersOf({ noun, path, argument, everybody, example }: Holder) {
  const shared = { risk: 'reads', output: member } as const;
  const several = {
    ...shared,
    input: z.strictObject({ ...argument, query }),
    paging: pages(),
    example: { arguments: example },
  };
  const listMembers = operation({
    ...several,
    name: `dataops_list_${noun}_members`,
    route: `GET ${path}/members`,
    summary: `List who was given access to a ${noun} itself, with their roles.`,
    resource: { uri: `dataops://${noun}s/{${noun}}/members`, title: `Members of a DataOps.live ${noun}` },
  });
  const listAllMembers = operation({
    ...several,
    name: `dataops_list_effective_${noun}_members`,
    route: `GET ${path}/members/all`,
    summary: `List everybody ${everybody} included.`,
  });
  const single = (list: Operation) => ({
    ...shared,
    input: z.strictObject({ ...argument, user: person(() => list, 'Who') }),
    example: { arguments: { ...example, user: 'jonas.petrov' } },
  });
  return {
    listMembers,
    listAllMembers,
    getMember: operation({
      ...single(listMembers),
      name: `dataops_get_${noun}_member`,
      route: `GET ${path}/members/{user}`,
      summary: `Show the role that somebody was given in a ${noun} itself, and its last day.`,
      words: 'when does access end expire',
      example: { arguments: { ...example, user: noun === 'group' ? 'amara.okafor' : 'maya.lindqvist' } },
    }),
    getEffectiveMember: operation({
      ...single(listAllMembers),
      name: `dataops_get_effective_${noun}_member`,
      route: `GET ${path}/members/all/{user}`,
      summary: `Show what role somebody has in a ${noun}, from wherever it comes.`,
      words: 'what may a person do here, which rights has',
    }),
  };
}

export const {
  listMembers: listProjectMembers,
  listAllMembers: listAllProjectMembers,
  getMember: getProjectMember,
  getEffectiveMember: getEffectiveProjectMember,
} = membersOf(ofProject);

export const {
  listMembers: listGroupMembers,
  listAllMembers: listAllGroupMembers,
  getMember: getGroupMember,
  getEffectiveMember: getEffectiveGroupMember,
} = membersOf(ofGroup);

export const listProjectUsers = operation({
  name: 'dataops_list_project_users',
  route: 'GET /projects/{project}/users',
  risk: 'reads',
  summary: 'List who can work in a project, without their roles.',
  words: 'whom can I assign or mention',
  input: z.strictObject({ project, search }),
  output: userRow,
  paging: pages(),
  example: { arguments: drillAssays },
});

export const listUsers = operation({
  name: 'dataops_list_users',
  route: 'GET /users',
  risk: 'reads',
  summary: 'Find users by name or user name.',
  words: 'find people accounts person',
  input: z.strictObject({ search, username: text('Exact user name'), active: flag('Only active ones') }),
  output: userRow,
  paging: pages({ keyset: { order_by: 'id' } }),
  example: { arguments: { search: 'amara' } },
});

export const getUser = operation({
  name: 'dataops_get_user',
  route: 'GET /users/{user}',
  risk: 'reads',
  summary: 'Show a user: name, state, job title, time zone.',
  words: 'profile of a person, is the account active or blocked',
  input: z.strictObject({ user: person(() => listUsers, 'Who', 'search') }),
  output: userRow,
  example: { arguments: { user: 'amara.okafor' } },
});

export const getCurrentUser = operation({
  name: 'dataops_get_current_user',
  route: 'GET /user',
  risk: 'reads',
  summary: 'Show which user this credential acts as.',
  words: 'who am I, whose account',
  input: z.strictObject({}),
  output: userRow,
  example: { arguments: {} },
});

const status = z.looseObject({ message: z.string().nullish(), availability: z.string().nullish() });

export const getUserStatus = operation({
  name: 'dataops_get_user_status',
  route: 'GET /user/status',
  risk: 'reads',
  summary: 'Show the status that others see beside your name.',
  words: 'busy away out of office',
  input: z.strictObject({}),
  output: status,
  example: { arguments: {} },
});

export const updateUserStatus = operation({
  name: 'dataops_update_user_status',
  route: 'PATCH /user/status',
  risk: 'edits',
  summary: 'Change the status that others see beside your name; an empty message clears it.',
  words: 'set me busy away out of office on holiday',
  input: z.strictObject({
    message: text('Up to 100 characters'),
    emoji: text('Name of an emoji, for example palm_tree'),
    availability: z.enum(['busy', 'not_set']).optional().describe('Shown as busy, or not'),
    clear_status_after: z
      .enum(['30_minutes', '3_hours', '8_hours', '1_day', '3_days', '7_days', '30_days'])
      .optional()
      .describe('When it goes by itself'),
  }),
  output: status,
  example: { arguments: { message: 'At the mine', availability: 'busy' } },
});
