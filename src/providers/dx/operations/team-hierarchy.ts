import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, text } from '../arguments.ts';
import { filled } from '../bulk.ts';
import { fetchLink } from '../links.ts';
import { allRows } from '../paging.ts';
import { named, rowsUnder, web } from '../web.ts';

export const listHierarchy = operation({
  ...web('snapshots:admin'),
  name: 'dx_list_hierarchy_teams',
  route: 'GET /orgfiles.teamHierarchy.get',
  risk: 'reads',
  summary: 'List the whole team hierarchy with leads and members: what dx_process_team_hierarchy would replace.',
  words: 'reporting lines, org chart, organisation structure',
  input: z.strictObject({}),
  output: z.looseObject({ name: z.string(), reference_id: z.string().nullish() }),
  paging: allRows('teams'),
  resource: { uri: 'dx://team-hierarchy', title: 'DX team hierarchy' },
  example: { arguments: {} },
});

/** In a table, people stand in one text. */
const people = z.preprocess(
  given => (typeof given === 'string' ? given.split(/[;,\s]+/).filter(Boolean) : given),
  z.array(z.string()).optional(),
);

/** A table may hold it as a number. */
const word = z.union([z.string(), z.number().transform(String)]);

const plannedTeam = z.strictObject({
  name: word,
  reference_id: word.optional(),
  team_lead_email: z.string().optional(),
  parent_team_reference_id: word.optional(),
  parent_team_name: word.optional(),
  contributors: people,
});
type PlannedTeam = z.output<typeof plannedTeam>;

const teams = sourceArgument(
  'ALL teams there are to be, as rows, result:// handle or file: name, reference_id, team_lead_email, ' +
    'parent_team_reference_id or parent_team_name, contributors (email addresses)',
);
const example = {
  teams: [
    { name: 'Engineering', reference_id: 'kf-eng' },
    { name: 'Booking', reference_id: 'kf-booking', parent_team_reference_id: 'kf-eng' },
  ],
};

async function planned(given: unknown, context: OperationContext): Promise<PlannedTeam[]> {
  const plan: PlannedTeam[] = [];
  for await (const row of (await context.source(given)).rows()) {
    const parsed = plannedTeam.safeParse(filled(row));
    if (!parsed.success) throw badTeam(plan.length + 1, parsed.error);
    plan.push(parsed.data);
  }
  return plan;
}

function badTeam(number: number, { issues: [issue] }: z.ZodError): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `Nothing was sent: team ${number}: ${[...(issue?.path ?? []), issue?.message].join(' ')}.`,
    hint: `Columns: ${Object.keys(plannedTeam.shape).join(', ')}.`,
  });
}

/** Which teams a hierarchy would archive and add, and who would be left without one. */
async function changeTo(plan: readonly PlannedTeam[], context: OperationContext): Promise<string> {
  const { body } = await context.request(listHierarchy, {});
  const before = (rowsUnder('teams')(body) ?? []) as Row[];
  const archived = before.filter(one => !plan.some(team => isSame(team, one))).map(({ name }) => name);
  const added = plan.filter(team => !before.some(one => isSame(team, one))).map(({ name }) => name);
  const members = new Set(before.flatMap(emailsIn));
  const kept = new Set(plan.flatMap(({ contributors = [] }) => contributors));
  const left = [...members].filter(email => !kept.has(email)).length;
  return [
    archived.length
      ? `This would archive ${archived.length} of the ${before.length} teams there are now: ${named(archived)}.`
      : `All ${before.length} teams there are now would stay.`,
    added.length ? `New: ${named(added)}.` : '',
    left ? `${left} of the ${members.size} people in teams now would be in none.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A team with a reference is known by that, otherwise by its name. */
const isSame = ({ name, reference_id }: PlannedTeam, one: Row) =>
  reference_id === undefined ? name === one['name'] : reference_id === one['reference_id'];

const emailsIn = ({ members }: Row): string[] =>
  Array.isArray(members)
    ? members.map((one: Row | null) => one?.['email']).filter(email => typeof email === 'string')
    : [];

export const previewHierarchy: Operation = operation({
  ...web('snapshots:admin'),
  name: 'dx_preview_team_hierarchy',
  route: 'POST /orgfiles.teamHierarchy.preview',
  risk: 'reads',
  summary:
    'Say which teams importing a team hierarchy would archive and add, and store the preview of DX. Changes nothing.',
  input: z.strictObject({ teams }),
  output: z.looseObject({}),
  example: { arguments: example },
  async collect(args, context) {
    const plan = await planned(args.teams, context);
    const { body } = await context.request(previewHierarchy, { teams: plan });
    const origin = { operation: previewHierarchy, arguments: args, name: 'team-hierarchy-preview' };
    const result = await fetchLink(body, origin, context);
    return { result, summary: `${await changeTo(plan, context)} Nothing was changed.`, warnings: [] };
  },
});

export const processHierarchy: Operation = operation({
  ...web('snapshots:admin'),
  name: 'dx_process_team_hierarchy',
  route: 'POST /orgfiles.teamHierarchy.process',
  risk: 'replaces',
  question: 'Replace the hierarchy of teams by that of the file {teams}?',
  summary:
    'Import a whole team hierarchy: every team that is not listed is archived. It is queued; refused during a live ' +
    'snapshot and about 3 weeks after. dx_preview_team_hierarchy shows what it would do.',
  words: 'org chart, archive teams that are not in it',
  verifyWith: 'dx_list_hierarchy_teams shows, after a while, whether it was imported.',
  input: z.strictObject({ teams, email: text('Who is told when it is done') }),
  output: done.output,
  example: { arguments: example },
  describeLoss: async (args, context) => changeTo(await planned(args.teams, context), context),
  async send(args, context) {
    const { body } = await context.request(processHierarchy, { ...args, teams: await planned(args.teams, context) });
    return done.repair(body);
  },
});
