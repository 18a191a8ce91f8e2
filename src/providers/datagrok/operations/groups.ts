import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import { isRow, type Row } from '../../../base/json-value.ts';
import { firstOf } from '../../../base/nearest.ts';
import { whole } from '../../../http/paging/whole.ts';
import { lacks, needs, someOf } from '../../../operations/lack.ts';
import { howMany, lookAt, lookAtAll, lookIn } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { done, existingEntity, flag, text } from '../arguments.ts';
import { lookAtThing, lookForSaved, nameOfThing } from '../losses.ts';
import { briefRows } from '../rows.ts';
import { anyUser, getUser } from './users.ts';

const groupRow = z.looseObject({ id: z.string(), name: z.string(), friendlyName: z.string().nullish() });
const rows = whole({ items: briefRows });
/** Every field counts: null says that it is open. */
const wholeRows = whole({ items: body => body });

/** The words of the vendor's clients for what is shown beside the groups. */
const relationsOf = (wanted: readonly ('children' | 'parents')[]) =>
  wanted.map(one => (one === 'children' ? 'children.child' : 'parents.parent'));

export const listGroups: Operation = operation({
  name: 'datagrok_list_groups',
  route: 'GET /public/v1/groups',
  risk: 'reads',
  summary: 'List groups; personal=false leaves out those of single users. Undocumented.',
  words: 'teams',
  input: z.strictObject({
    text: text('Name, or smart filter like personal=false'),
    relations: z
      .array(z.enum(['children', 'parents']))
      .optional()
      .describe('With members, or with the groups it is in')
      .meta({ wire: 'include', encode: relationsOf }),
  }),
  output: groupRow,
  paging: rows,
  resource: { uri: 'datagrok://groups', title: 'Groups of Datagrok' },
  example: { arguments: { text: 'personal=false' } },
});

const group = existingEntity('Group: UUID or name').meta({
  reference: reference({ list: () => listGroups, key: 'name', label: 'friendlyName', search: 'text', keyForm: /./s }),
});

export const lookupGroups = operation({
  name: 'datagrok_lookup_groups',
  route: 'GET /public/v1/groups/lookup',
  risk: 'reads',
  summary: 'Find groups and users by part of their name, for sharing. Undocumented.',
  words: 'find people to share with',
  input: z.strictObject({ query: z.string().min(1).describe('Part of a name') }),
  output: groupRow,
  paging: rows,
  example: { arguments: { query: 'geo' } },
});

export const getGroup: Operation = operation({
  name: 'datagrok_get_group',
  route: 'GET /public/v1/groups/{group}',
  risk: 'reads',
  summary: 'Show a group with its members and the groups it is in. Undocumented.',
  words: 'who is in, members',
  input: z.strictObject({ group }),
  output: groupRow,
  example: { arguments: { group: 'Geology' } },
});

export const getCurrentGroup = operation({
  name: 'datagrok_get_current_group',
  route: 'GET /public/v1/groups/current',
  risk: 'reads',
  summary: 'Show the personal group of this account, with relations. Undocumented.',
  input: z.strictObject({}),
  output: groupRow,
  example: { arguments: {} },
});

export const getOwnGroup = operation({
  name: 'datagrok_get_own_group',
  route: 'GET /public/v1/user/group',
  risk: 'reads',
  summary: 'Show the personal group of this account, on older servers. Undocumented.',
  input: z.strictObject({}),
  output: groupRow,
  example: { arguments: {} },
});

const admin = flag('Only administrators of the group, or only others (all)');

export const listMembers = operation({
  name: 'datagrok_list_group_members',
  route: 'GET /public/v1/groups/{group}/members',
  risk: 'reads',
  summary: 'List the members of a group, one step down. Undocumented.',
  words: 'who is in a group',
  input: z.strictObject({ group, admin }),
  output: groupRow,
  paging: rows,
  resource: { uri: 'datagrok://groups/{group}/members', title: 'Members of a Datagrok group' },
  example: { arguments: { group: 'Geology' } },
});

export const listMemberships = operation({
  name: 'datagrok_list_group_memberships',
  route: 'GET /public/v1/groups/{group}/memberships',
  risk: 'reads',
  summary: 'List the groups that a group or user is in, one step up. Undocumented.',
  words: 'which groups am I in',
  input: z.strictObject({ group, admin }),
  output: groupRow,
  paging: rows,
  example: { arguments: { group: 'MineGeology' } },
});

export const saveGroup = operation({
  name: 'datagrok_save_group',
  route: 'POST /public/v1/groups',
  risk: 'replaces',
  question: 'Change the group {name}?',
  describeLoss: lookForSaved(() => getGroup, 'group', 'name and description'),
  summary: 'Create or change a group of users; members by datagrok_change_group_members. Undocumented.',
  words: 'new rename',
  verifyWith: 'datagrok_get_group shows whether it was saved.',
  input: z.strictObject({
    id: z.uuid().optional().describe('Of the one to change; absent: a new one'),
    name: z.string().min(1).describe('Name'),
    friendlyName: text('Name for people'),
    description: text('What it is for'),
    hidden: flag('Not shown in lists'),
  }),
  output: groupRow,
  example: { arguments: { name: 'CoreShed', friendlyName: 'Core shed' } },
});

export const changeMembers: Operation = operation({
  name: 'datagrok_change_group_members',
  route: 'POST /public/v1/groups',
  risk: 'replaces',
  question: 'Change who belongs to the group {group}?',
  summary: 'Add users to a group, remove members, or make them its administrators. Undocumented.',
  words: 'put somebody into a group, take somebody out',
  verifyWith: 'datagrok_list_group_members shows who is in it.',
  input: z.strictObject({
    group: group.meta({ in: 'local' }),
    add: z.array(z.string().min(1)).default([]).describe('Users (login) or groups').meta({ in: 'local' }),
    remove: z.array(z.string().min(1)).default([]).describe('Users (login) or groups').meta({ in: 'local' }),
    admin: flag('Those added become administrators of the group').meta({ in: 'local' }),
  }),
  describeLack: lacks(someOf('say who', 'add', 'remove'), needs('admin', 'add')),
  output: groupRow,
  example: { arguments: { group: 'DataScience', add: ['ines.ferreira'] } },
  async describeLoss({ group: wanted, remove }, context) {
    if (remove.length === 0) return undefined;
    const children = await childrenOf(wanted, context);
    const gone = (await membersNamed(remove, children, context)).map(nameOf);
    return `This takes ${gone.join(', ')} out of ${wanted}.`;
  },
  async send({ group: wanted, add, remove, admin: asAdmin }, context) {
    const stored = await read(wanted, context);
    const children = (stored['children'] ?? []) as Relation[];
    const out = new Set((await membersNamed(remove, children, context)).map(({ child }) => child?.id));
    const joining = await Promise.all(add.map(name => idOf(name, context)));
    const kept = children.filter(({ child }) => !out.has(child?.id) && !joining.includes(child?.id ?? ''));
    const fresh = joining.map(id => ({ id: randomUUID(), isAdmin: asAdmin ?? false, child: { id } }));
    // Sent with relations, a group has those and no others; parents that are not sent stay as they are.
    const { parents: _, ...rest } = stored;
    const json = { ...rest, children: [...kept, ...fresh] };
    const { body } = await context.request(changeMembers, {}, { query: { saveRelations: true }, json });
    return body as z.input<typeof groupRow>;
  },
});

interface Relation {
  id: string;
  isAdmin: boolean | null;
  child?: { id: string; name?: string; friendlyName?: string };
}

/** By its own route: what listings and lookups show of a group is pruned. */
async function read(wanted: string, context: OperationContext): Promise<Row> {
  return ((await context.request(getGroup, { group: wanted })).body ?? {}) as Row;
}

/** Members by what they are called, users also by login or e-mail address. */
async function membersNamed(names: readonly string[], children: readonly Relation[], context: OperationContext) {
  const found: Relation[] = [];
  for (const name of names) found.push(memberIn(children, name) ?? (await memberByUser(name, children, context)));
  return found;
}

async function memberByUser(name: string, children: readonly Relation[], context: OperationContext): Promise<Relation> {
  const id = await idOf(name, context).catch(error => {
    if (isFault(error, 'not_found') || isFault(error, 'bad_upstream_reply')) return undefined;
    throw error;
  });
  const found = children.find(({ child }) => id !== undefined && child?.id === id);
  if (found) return found;
  throw new Fault({
    code: 'bad_arguments',
    message: `${name} is not a member.`,
    hint: `Members are: ${children.map(nameOf).join(', ') || 'none'}.`,
  });
}

const childrenOf = async (wanted: string, context: OperationContext) =>
  ((await read(wanted, context))['children'] ?? []) as Relation[];

const nameOf = ({ child }: Relation) => child?.friendlyName ?? child?.name ?? '';

function memberIn(children: readonly Relation[], name: string): Relation | undefined {
  const plain = (given = '') => given.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return children.find(({ child }) =>
    [child?.id, child?.name, child?.friendlyName].some(one => one === name || plain(one) === plain(name)),
  );
}

/** A group, or the personal one of a user. */
async function idOf(name: string, context: OperationContext): Promise<string> {
  const known = await context.rows(listGroups, {});
  const [found, ...others] = known.filter(row => [row['id'], row['name'], row['friendlyName']].includes(name));
  if (found && others.length === 0) return String(found['id']);
  return personalGroup(name, await context.resolve(anyUser, name, {}, false), context);
}

async function personalGroup(name: string, login: string, context: OperationContext): Promise<string> {
  const { body } = await context.request(getUser, { user: login });
  const id = (isRow(body) && isRow(body['group']) && body['group']['id']) || undefined;
  if (id !== undefined) return String(id);
  throw new Fault({
    code: 'bad_upstream_reply',
    message: `Datagrok does not name the personal group of ${name}.`,
    hint: 'Name a group instead, or add the user in the web interface.',
  });
}

export const deleteGroup = operation({
  name: 'datagrok_delete_group',
  route: 'DELETE /public/v1/groups/{group}',
  risk: 'deletes',
  question: 'Delete the group {group}? What is shared with it is then not shared with its members.',
  describeLoss: lookAtThing(
    'group',
    () => getGroup,
    ({ children }) => {
      const members = ((children ?? []) as Relation[]).map(nameOf);
      return members.length
        ? `It has ${howMany(members.length, 'member')}: ${firstOf(members, 5)}.`
        : 'It has no members.';
    },
  ),
  summary: 'Delete a group that holds no permissions any more. Undocumented.',
  words: 'remove',
  input: z.strictObject({ group }),
  ...done,
  example: { arguments: { group: 'DrillingContractors' } },
});

const membershipRequest = z.looseObject({ id: z.string(), approved: z.boolean().nullish() });

export const requestMembership = operation({
  name: 'datagrok_request_membership',
  route: 'POST /public/v1/groups/{group}/request',
  risk: 'adds',
  summary: 'Ask to become a member of a group. Undocumented.',
  words: 'join, ask for access',
  verifyWith: 'The administrators of the group see it with datagrok_list_membership_requests.',
  input: z.strictObject({ group }),
  output: membershipRequest,
  example: { arguments: { group: 'DataScience' } },
});

export const listRequests = operation({
  name: 'datagrok_list_membership_requests',
  route: 'GET /public/v1/groups/{group}/requests',
  risk: 'reads',
  summary: 'List who asked to join a group; approved is null while it is open. Undocumented.',
  words: 'who wants to join',
  input: z.strictObject({ group }),
  output: membershipRequest,
  paging: wholeRows,
  example: { arguments: { group: 'Geology' } },
});

const request = z.uuid().describe('Id of the request');

export const approveRequest = operation({
  name: 'datagrok_approve_membership',
  route: 'POST /public/v1/groups/requests/{request}/approve',
  risk: 'exposes',
  question: 'Let {request} into the group {group}?',
  describeLoss: lookAtAll(
    lookAt(
      'group',
      () => getGroup,
      thing => ({ name: nameOfThing(thing) }),
    ),
    lookIn(
      'request',
      () => listRequests,
      'id',
      ({ from, approved }) => ({
        name: isRow(from) ? nameOfThing(from) : undefined,
        says: [
          approved === true && 'The request was approved already.',
          approved === false && 'It was refused before.',
        ],
      }),
    ),
  ),
  summary: 'Let somebody who asked into a group. Undocumented.',
  words: 'accept, let join',
  verifyWith: 'datagrok_list_membership_requests shows whether it is resolved.',
  input: z.strictObject({ request, group: group.meta({ in: 'local' }) }),
  output: membershipRequest,
  example: { arguments: { request: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a', group: 'Geology' } },
});

export const denyRequest = operation({
  name: 'datagrok_deny_membership',
  route: 'POST /public/v1/groups/requests/{request}/deny',
  risk: 'edits',
  summary: 'Refuse a request to join a group. Undocumented.',
  words: 'reject decline to join',
  verifyWith: 'datagrok_list_membership_requests shows whether it is resolved.',
  input: z.strictObject({ request }),
  output: membershipRequest,
  example: { arguments: { request: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a' } },
});
