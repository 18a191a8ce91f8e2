import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import { lacks, someOf } from '../../../operations/lack.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { done, payload, text } from '../arguments.ts';

const repo = z.looseObject({ source: z.string(), external_id: z.string() });
type Repo = z.output<typeof repo>;

const group = z.looseObject({
  id: z.number(),
  reference_id: z.string().nullable(),
  name: z.string(),
  parent_id: z.number().nullable(),
  repos: z.array(repo),
});
type Group = z.output<typeof group>;

const one = {
  id: z.int().optional().describe('Number of the group'),
  reference_id: text('Your key of it, instead'),
};
const oneKey = lacks(someOf('say which group', 'id', 'reference_id'));
type Target = { id?: number | undefined; reference_id?: string | undefined };

const repos = (description: string) =>
  z.array(z.strictObject({ source: z.string(), external_id: z.string() })).describe(description);
const aRepo = { source: 'github', external_id: 'kestrel/booking-api' };

const shared = { api: 'data_cloud' } as const;

export const getRepoGroup = operation({
  ...shared,
  name: 'dx_get_repo_group',
  route: 'GET /repoGroups.get',
  risk: 'reads',
  summary: 'Show a group of repositories.',
  input: z.strictObject(one),
  describeLack: oneKey,
  output: group,
  repair: payload('data'),
  example: { arguments: { reference_id: 'rg-booking' } },
});

/** Undefined: there is no such group, or none was meant. */
async function groupNow({ id, reference_id }: Target, context: OperationContext): Promise<Group | undefined> {
  if (id === undefined && reference_id === undefined) return undefined;
  try {
    const found = payload('data')((await context.request(getRepoGroup, { id, reference_id })).body) as Group;
    return { ...found, repos: found.repos ?? [] };
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}

/** @throws Fault `not_found` */
async function groupThere(target: Target, context: OperationContext): Promise<Group> {
  const found = await groupNow(target, context);
  if (found) return found;
  throw new Fault({
    code: 'not_found',
    message: `There is no repository group ${target.reference_id ?? target.id ?? 'without an id'}.`,
    hint: 'Give its id or reference_id; dx_get_repo_group shows one.',
  });
}

/** The key that was given needs no second mention beside the name. */
const idName = ({ id, reference_id }: Target, name: string) => ({
  ...(id === undefined ? {} : { id: `"${name}"` }),
  ...(reference_id === undefined ? {} : { reference_id: `"${name}"` }),
});

const named = (some: readonly Repo[]) => some.map(({ external_id }) => external_id).join(', ');
const counted = (some: readonly Repo[]) => `${some.length} ${some.length === 1 ? 'repository' : 'repositories'}`;

export const upsertRepoGroup = operation({
  ...shared,
  name: 'dx_upsert_repo_group',
  route: 'POST /repoGroups.upsert',
  risk: 'replaces',
  question: 'Replace the repositories of the group {name}?',
  summary: 'Make a group of repositories, or change the one with this id or reference_id; repos replaces all it has.',
  verifyWith: 'dx_get_repo_group shows whether it was made.',
  input: z.strictObject({
    name: z.string().min(1).describe('Name'),
    ...one,
    parent_id: z.int().nullable().optional().describe('Group above it'),
    repos: repos('All of its repositories').optional(),
  }),
  output: group,
  repair: payload('data'),
  async describeLoss({ repos: wanted, ...target }, context) {
    if (!wanted) return undefined;
    const { name, repos: has = [] } = (await groupNow(target, context)) ?? {};
    const gone = has.filter(repo => !wanted.some(same => sameRepo(same, repo)));
    return gone.length ? `${name} loses ${counted(gone)}: ${named(gone)}.` : undefined;
  },
  example: { arguments: { name: 'Booking', reference_id: 'rg-booking' } },
});

const sameRepo = (a: Repo, b: Repo) => a.source === b.source && a.external_id === b.external_id;

export const addRepos = operation({
  ...shared,
  name: 'dx_add_repo_group_repos',
  route: 'POST /repoGroups.addRepos',
  risk: 'adds',
  verifyWith: 'dx_get_repo_group shows whether they were added.',
  summary: 'Add repositories to a group. A repository is in one group only.',
  words: 'put a repository into a group',
  input: z.strictObject({ ...one, repos: repos('Repositories') }),
  describeLack: oneKey,
  output: group,
  repair: payload('data'),
  example: { arguments: { reference_id: 'rg-booking', repos: [aRepo] } },
});

export const removeRepos = operation({
  ...shared,
  name: 'dx_remove_repo_group_repos',
  route: 'POST /repoGroups.removeRepos',
  risk: 'deletes',
  question: 'Take {repos} out of the repository group {group}?',
  summary: 'Take repositories out of a group; all of them must be in it.',
  input: z.strictObject({ ...one, repos: repos('Repositories') }),
  describeLack: oneKey,
  output: group,
  repair: payload('data'),
  async describeLoss({ repos: some, ...target }, context) {
    const { name, repos: has } = await groupThere(target, context);
    const absent = some.filter(repo => !has.some(same => sameRepo(same, repo)));
    if (absent.length > 0)
      throw new Fault({
        code: 'not_found',
        message: `${name} does not have ${named(absent)}.`,
        hint: `dx_get_repo_group shows the ${counted(has)} that it has.`,
      });
    return {
      says: `It has ${counted(has)} now.`,
      names: { group: `"${name}"`, repos: named(some), ...idName(target, name) },
      version: has,
    };
  },
  example: { arguments: { reference_id: 'rg-booking', repos: [aRepo] } },
});

export const deleteRepoGroup = operation({
  ...shared,
  name: 'dx_delete_repo_group',
  route: 'POST /repoGroups.delete',
  risk: 'deletes',
  question: 'Delete the repository group {group}?',
  summary: 'Delete a group; its repositories stay, without a group.',
  input: z.strictObject(one),
  describeLack: oneKey,
  ...done,
  async describeLoss(target, context) {
    const { name, repos: has } = await groupThere(target, context);
    const says = has.length ? `It has ${counted(has)}: ${named(has)}. They stay, without a group.` : 'It is empty.';
    return { says, names: { group: `"${name}"`, ...idName(target, name) }, version: has };
  },
  example: { arguments: { reference_id: 'rg-booking' } },
});
