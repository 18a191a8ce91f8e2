import * as z from 'zod';
import { text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { invalid, notFound } from '../refusal.ts';
import type { Option, Respondent, Snapshot } from '../things/surveys.ts';
import { pick } from '../world.ts';
import { favourable, filtered, filterShape, findSnapshot, read, respondentsOf } from './snapshots.ts';

interface Item {
  id: string;
  options: readonly Option[];
}

/** One kind of question: what it is called, its items, and what answers to one of them come to. */
interface Family {
  /** Name of the field that holds the item; with `_id` the argument that names one. */
  noun: 'driver' | 'impact' | 'workflow';
  method: string;
  also?: readonly string[];
  items(call: Call): readonly Item[];
  show(item: Item): object;
  score(item: Item, answers: readonly (number | null)[]): number | null;
}

const meanValue = ({ options }: Item, answers: readonly (number | null)[]): number | null => {
  const values = answers.filter(answer => answer !== null).map(place => options[place]?.value ?? 0);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
};
const digits = (value: number, count: number): number => Number(value.toFixed(count));

const driverFamily: Family = {
  noun: 'driver',
  method: 'snapshots.driverScores',
  also: ['snapshots.sentimentScores'],
  items: ({ world }) => world.library.drivers,
  show: item => pick(item, 'id', 'name', 'prompt'),
  score: ({ options }, answers) => favourable(answers, options.length),
};

const families: readonly Family[] = [
  driverFamily,
  {
    noun: 'impact',
    method: 'snapshots.impactScores',
    items: ({ world }) => world.library.impacts,
    show: item => pick(item, 'id', 'name', 'prompt', 'options', 'scoring_method'),
    score(item, answers) {
      const mean = meanValue(item, answers);
      return mean === null ? null : digits(mean, 2);
    },
  },
  {
    noun: 'workflow',
    method: 'snapshots.workflowScores',
    items: ({ world }) => world.library.workflows,
    show: item => pick(item, 'id', 'name', 'prompt', 'options', 'unit', 'lower_is_better', 'benchmark'),
    score: (item, answers) => digits(meanValue(item, answers) ?? 0, 4),
  },
];

function result(family: Family, item: Item, people: readonly Respondent[]) {
  const answers = people.map(one => one.answer(item.id));
  const counts = item.options.map((option, place) => ({
    ...option,
    count: answers.filter(answer => answer === place).length,
  }));
  return {
    [family.noun]: family.show(item),
    score: family.score(item, answers),
    distribution: counts,
    na_count: answers.filter(answer => answer === null).length,
    response_count: answers.length,
  };
}

const breakdownShape = {
  snapshot_id: text,
  ...filterShape,
  dimension_type: z.enum(['snapshotTeam', 'group', 'branch', 'attribute']),
  attribute_group_id: text.optional(),
  parent_snapshot_team_id: text.optional(),
};
type Breakdown = z.output<z.ZodObject<typeof breakdownShape>>;

interface Part {
  dimension: { type: string; id: string; name: string };
  people: Respondent[];
}

function partsOf(call: Call, snapshot: Snapshot, args: Breakdown): Part[] {
  const { dimension_type: type, attribute_group_id, parent_snapshot_team_id: parent } = args;
  const left = filtered(call, snapshot, args);
  const part = ({ id, name }: { id: string; name: string }, isIn: (one: Respondent) => boolean): Part => ({
    dimension: { type, id, name },
    people: left.filter(isIn),
  });
  if (type === 'branch')
    return call.world.library.branches.map(branch => part(branch, one => one.branch_id === branch.id));
  if (type === 'group') return call.world.userGroups.map(group => part(group, one => one.group_ids.includes(group.id)));
  if (type === 'snapshotTeam') {
    const teams = snapshot.teams.filter(team => parent === undefined || team.parent_id === parent);
    return teams.map(team => {
      const below = new Set(respondentsOf(snapshot, [team.id]));
      return part(team, one => below.has(one));
    });
  }
  if (attribute_group_id === undefined) throw invalid('attribute_group_id goes with the dimension attribute');
  const group = call.world.attributeGroups.find(({ id }) => id === attribute_group_id);
  if (!group) throw notFound('attribute group');
  return group.attributes.map(value => part(value, one => one.attributes[group.id] === value.id));
}

const familyEndpoints = families.flatMap((family): Endpoint[] => {
  const { noun, method, also = [] } = family;
  const itemId = `${noun}_id` as const;
  return [
    endpoint(`GET ${method}`, { scopes: read, also }, { snapshot_id: text, ...filterShape }, (call, args) => {
      const people = filtered(call, findSnapshot(call, args.snapshot_id), args);
      return ok({ scores: family.items(call).map(item => result(family, item, people)) });
    }),
    endpoint(
      `GET ${method}.breakdown`,
      { scopes: read, also: also.map(name => `${name}.breakdown`) },
      { ...breakdownShape, [itemId]: text },
      (call, args) => {
        const item = family.items(call).find(({ id }) => id === (args as Record<string, unknown>)[itemId]);
        if (!item) throw notFound(noun);
        const parts = partsOf(call, findSnapshot(call, args.snapshot_id), args as unknown as Breakdown);
        return ok({ scores: parts.map(({ dimension, people }) => ({ dimension, ...result(family, item, people) })) });
      },
    ),
  ];
});

/** The mean over the drivers that have a score, of those who answer the main branch. */
function dxi(call: Call, people: readonly Respondent[]) {
  const main = call.world.library.branches.find(branch => branch.main)?.id;
  const answering = people.filter(one => one.branch_id === main);
  const scores = driverFamily
    .items(call)
    .map(item => ({
      driver: driverFamily.show(item),
      score: result(driverFamily, item, answering).score as number | null,
    }))
    .filter(({ score }) => score !== null);
  const mean = scores.reduce((sum, { score }) => sum + (score ?? 0), 0) / scores.length;
  return { score: scores.length === 0 ? null : Math.round(mean), drivers: scores, response_count: answering.length };
}

function checkMain(call: Call, branchIds: readonly string[] | undefined): void {
  const main = call.world.library.branches.find(branch => branch.main)?.id ?? '';
  if (branchIds && !branchIds.includes(main)) throw invalid('branch_ids must include the main branch');
}

export const scoreEndpoints: readonly Endpoint[] = [
  endpoint('GET snapshots.dxiScores', { scopes: read }, { snapshot_id: text, ...filterShape }, (call, args) => {
    checkMain(call, args.branch_ids);
    return ok({ scores: [dxi(call, filtered(call, findSnapshot(call, args.snapshot_id), args))] });
  }),
  endpoint('GET snapshots.dxiScores.breakdown', { scopes: read }, breakdownShape, (call, args) => {
    checkMain(call, args.branch_ids);
    if (args.dimension_type === 'branch') throw invalid('dxiScores has no dimension branch');
    const parts = partsOf(call, findSnapshot(call, args.snapshot_id), args);
    return ok({ scores: parts.map(({ dimension, people }) => ({ dimension, ...dxi(call, people) })) });
  }),
  ...familyEndpoints,
];
