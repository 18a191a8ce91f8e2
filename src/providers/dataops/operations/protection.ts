import * as z from 'zod';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, drillAssays, flag, search } from '../arguments.ts';
import { brief } from '../brief.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const protectedRef = z.looseObject({ id: z.number().nullish(), name: z.string() });

const levels = { nobody: 0, developer: 30, maintainer: 40 } as const;

/** Who may do something to what is protected. */
export const allowed = (description: string) =>
  z
    .enum(Object.keys(levels) as [keyof typeof levels, ...(keyof typeof levels)[]])
    .optional()
    .describe(description)
    .meta({ encode: (word: keyof typeof levels) => levels[word] });

const namesOf = (rows: unknown) =>
  (Array.isArray(rows) ? rows : []).map(one => String(rowOf(one)['access_level_description'])).join(', ') || 'nobody';

interface Kind {
  noun: 'branch' | 'tag';
  nouns: 'branches' | 'tags';
  /** What is protected, as sentences have it. */
  what: string;
  /** Field with those who may, and what they may. */
  may: [field: string, what: string];
  lost: string;
  words: [list: string, protect: string, unprotect: string];
  example: string;
}

/** Branches or tags that not everybody may change: by name or wildcard. */
function protectionOf({ noun, nouns, what, may: [field, may], lost, words, example }: Kind) {
  const path = `/projects/{project}/protected_${nouns}`;
  const name = z
    .string()
    .min(1)
    .describe(`${what} or wildcard, as protected`)
    .meta({ foundIn: { listing: `dataops_list_protected_${nouns}`, key: 'name' } });
  const one = { arguments: { ...drillAssays, name: example } };
  const get = operation({
    name: `dataops_get_protected_${noun}`,
    route: `GET ${path}/{name}`,
    risk: 'reads',
    summary: `Show how a ${noun}, or a wildcard of ${nouns}, is protected.`,
    input: z.strictObject({ project, name }),
    output: protectedRef,
    example: one,
  });
  const told = lookAt(
    'name',
    () => get,
    row => ({
      name: textOf(row['name']),
      says: [`Now ${namesOf(row[field])} may ${may}.`],
      version: row[field],
    }),
  );
  return {
    told,
    name,
    path,
    get,
    list: operation({
      name: `dataops_list_protected_${nouns}`,
      route: `GET ${path}`,
      risk: 'reads',
      summary: `List the protected ${nouns} of a project and who may ${may}.`,
      words: words[0],
      input: z.strictObject({ project, ...(noun === 'branch' && { search }) }),
      output: protectedRef,
      paging: pages({ show: brief }),
      example: { arguments: drillAssays },
    }),
    unprotect: operation({
      name: `dataops_unprotect_${noun}`,
      route: `DELETE ${path}/{name}`,
      risk: 'deletes',
      question: `Take the protection off {name} of {project}, so that ${lost}?`,
      describeLoss: told,
      summary: `Take the protection from a ${noun}.`,
      words: words[2],
      input: z.strictObject({ project, name }),
      ...done,
      example: one,
    }),
    newName: z
      .string()
      .min(1)
      .describe(`${what} or wildcard (${noun === 'branch' ? 'release-*' : 'v*'})`),
    protect: {
      name: `dataops_protect_${noun}`,
      route: `POST ${path}`,
      risk: 'adds',
      words: words[1],
      output: protectedRef,
    } as const,
  };
}

const branches = protectionOf({
  noun: 'branch',
  nouns: 'branches',
  what: 'Branch',
  may: ['push_access_levels', 'push to it'],
  lost: 'everybody who can push may change or delete it',
  words: [
    'who can push merge to main, branch rules',
    'stop forbid direct push to main, lock, branch rules',
    'allow let push to main again, unlock',
  ],
  example: 'qa',
});

const tags = protectionOf({
  noun: 'tag',
  nouns: 'tags',
  what: 'Tag',
  may: ['create_access_levels', 'create it'],
  lost: 'every developer may create such a tag',
  words: ['who may tag a release', 'lock a tag, who may create tags', 'let everybody tag again, unlock'],
  example: 'v*',
});

export const { list: listProtectedBranches, get: getProtectedBranch, unprotect: unprotectBranch } = branches;
export const { list: listProtectedTags, get: getProtectedTag, unprotect: unprotectTag } = tags;

export const protectBranch = operation({
  ...branches.protect,
  summary: 'Protect a branch, or all that fit a wildcard.',
  input: z.strictObject({
    project,
    name: branches.newName,
    push: allowed('Who may push (maintainer)').meta({ wire: 'push_access_level' }),
    merge: allowed('Who may merge (maintainer)').meta({ wire: 'merge_access_level' }),
    allow_force_push: flag('Allow force push'),
  }),
  example: { arguments: { ...drillAssays, name: 'dev' } },
});

export const protectTag = operation({
  ...tags.protect,
  summary: 'Protect a tag, or all that fit a wildcard, from being created or deleted by everybody.',
  input: z.strictObject({
    project,
    name: tags.newName,
    create: allowed('Who may create it (maintainer)').meta({ wire: 'create_access_level' }),
  }),
  example: { arguments: { ...drillAssays, name: 'release-*' } },
});

const who = (description: string) => allowed(description).meta({ in: 'local' });

export const updateProtectedBranch: Operation = operation({
  name: 'dataops_update_protected_branch',
  route: `PATCH ${branches.path}/{name}`,
  risk: 'replaces',
  question: 'Change how {name} of {project} is protected?',
  describeLoss: branches.told,
  summary: 'Change who may push to a protected branch or merge into it, and whether force push is allowed.',
  words: 'let allow developers push to a protected branch, qa, force push',
  input: z.strictObject({
    project,
    name: branches.name,
    push: who('Who may push'),
    merge: who('Who may merge'),
    allow_force_push: flag('Allow force push'),
    code_owner_approval_required: flag('Code owners have to approve'),
  }),
  output: protectedRef,
  example: { arguments: { ...drillAssays, name: 'qa', push: 'developer' } },
  async send({ push, merge, allow_force_push, code_owner_approval_required, ...place }, context) {
    const now = rowOf((await context.request(getProtectedBranch, place)).body);
    const json = {
      allow_force_push,
      code_owner_approval_required,
      allowed_to_push: push && replacing(now['push_access_levels'], levels[push]),
      allowed_to_merge: merge && replacing(now['merge_access_levels'], levels[merge]),
    };
    return (await context.request(updateProtectedBranch, place, { json })).body as z.input<typeof protectedRef>;
  },
});

/** One role in the place of those that there are; people and groups who may by name stay. */
function replacing(rows: unknown, level: number) {
  const roles = (Array.isArray(rows) ? rows : [])
    .map(rowOf)
    .filter(row => row['user_id'] == null && row['group_id'] == null);
  const kept = roles.some(row => row['access_level'] === level);
  const gone = roles.filter(row => row['access_level'] !== level).map(({ id }) => ({ id, _destroy: true }));
  return [...gone, ...(kept ? [] : [{ access_level: level }])];
}
