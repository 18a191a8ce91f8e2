import { describe, expect, it } from 'vitest';
import { isDestructive, type Operation, platformOf, routeOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld, unhurried, type World } from '../support/harness.ts';

type Row = Record<string, unknown>;

const records = (await Promise.all(providers.map(({ load }) => load()))).flatMap(operationsOf);
const destructive = records.filter(isDestructive);
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Arguments by which a record names what is there already. */
function naming({ question = '', input, ...record }: Operation): string[] {
  const asked = [...question.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const path = [...routeOf(record).path.matchAll(/\{(\w+)\*?\}/g)].map(([, name = '']) => name);
  return [...new Set([...asked, ...path, ...also])].filter(name => Object.hasOwn(input.shape, name));
}

const also = ['csat_ids', 'identifier', 'reference_id', 'entity', 'group', 'space', 'user', 'id'];
/** Named in a question, and no name of a thing that has to be there. */
const values = new Set([
  'status',
  'before',
  'role',
  'message',
  'groups',
  'repos',
  'services',
  'source',
  'teams',
  'pull_number',
]);

/** The same form as what was given, of nothing that there is. */
function absent(given: unknown, at: number): unknown {
  if (Array.isArray(given)) return given.map(one => absent(one, at));
  if (typeof given === 'number') return 900_000 + at;
  if (typeof given !== 'string') return given;
  if (uuid.test(given)) return `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  return /^\d+$/.test(given) ? String(900_000 + at) : `no-such-thing-${at}`;
}

/** Records that ask about what may not be there, and why. */
const unlooked: Readonly<Record<string, string>> = {
  datagrok_run_batch: 'Its steps name things of every kind, and may make what later ones name.',
  datagrok_test_connection: 'It names a host, and nothing that the platform has.',
  datagrok_share_entity: 'No route tells of every kind of thing whether it is there; the question says so.',
  dataops_rotate_current_token: 'It names nothing: the token is the one in use.',
  dataops_revoke_current_token: 'It names nothing: the token is the one in use.',
  dx_process_team_hierarchy: 'It names teams that are to be made.',
  dx_set_all_custom_data: 'It names data that is there, row by row.',
};

const examples: Record<string, Row> = {
  datagrok_upload_file: { source: [{ a: 1 }] },
  datagrok_upload_table: { source: [{ a: 1 }] },
};

describe('what is not there', () => {
  it('is said without asking anybody, by every operation that could cost something', async () => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
    const asked: string[] = [];
    for (const [at, operation] of destructive.entries()) {
      const { name, example } = operation;
      const given: Row = { ...example.arguments, ...examples[name] };
      const named = naming(operation).filter(one => one in given && !values.has(one));
      const args = { ...given, ...Object.fromEntries(named.map(one => [one, absent(given[one], at)])) };
      const { text } = await unhurried(world, name, args);
      expect(text, name).not.toContain('failed unexpectedly');
      if (/^needs_confirmation/.test(text)) asked.push(name);
      // What exists of it must not be enough to be asked about the rest.
      for (const one of named) {
        const { text: partly } = await unhurried(world, name, { ...given, [one]: absent(given[one], at + 500) });
        if (/^needs_confirmation/.test(partly) && !isNew(operation, one)) asked.push(`${name} ${one}`);
      }
    }
    expect([...new Set(asked.map(one => one.split(' ')[0] as string))].sort(), asked.join(', ')).toEqual(
      Object.keys(unlooked).sort(),
    );
  }, 120_000);
});

/** The name of what may be made, or renamed, by the same call. */
const isNew = ({ name }: Operation, argument: string) =>
  /_(save|upsert|sync|update_project|update_user_group|set_webhook)/.test(name) &&
  ['name', 'login', 'key'].includes(argument);

/** Things of the seed, where the example of a record names none: found by a listing's first row that has what it takes. */
const found: Readonly<Record<string, (world: World) => Promise<Row>>> = {
  dataops_cancel_pipeline: first('dataops_list_pipelines', 'pipeline'),
  dataops_delete_pipeline: first('dataops_list_pipelines', 'pipeline'),
  dataops_cancel_job: first('dataops_list_project_jobs', 'job'),
  dataops_erase_job: first('dataops_list_project_jobs', 'job'),
  dataops_delete_artifacts: first('dataops_list_project_jobs', 'job'),
  dataops_take_schedule: first('dataops_list_schedules', 'schedule'),
  dataops_delete_schedule: first('dataops_list_schedules', 'schedule'),
  dataops_delete_trigger: first('dataops_list_triggers', 'trigger'),
  dataops_delete_tag: first('dataops_list_tags', 'tag', 'name'),
  dataops_stop_environment: first('dataops_list_environments', 'environment'),
  dataops_delete_environment: first('dataops_list_environments', 'environment'),
  dataops_approve_deployment: first('dataops_list_deployments', 'deployment'),
  dataops_delete_deployment: first('dataops_list_deployments', 'deployment'),
  dataops_rotate_project_token: first('dataops_list_project_tokens', 'token_id'),
  dataops_revoke_project_token: first('dataops_list_project_tokens', 'token_id'),
  dataops_rotate_personal_token: first('dataops_list_personal_tokens', 'token_id', 'id', {}),
  dataops_revoke_personal_token: first('dataops_list_personal_tokens', 'token_id', 'id', {}),
  dataops_update_project_variable: first('dataops_list_project_variables', 'key', 'key'),
  dataops_delete_project_variable: first('dataops_list_project_variables', 'key', 'key'),
  dataops_delete_mr_context_commits: async world => {
    const { data } = await world.call('dataops_list_mr_context_commits', { ...assays, merge_request: '1' });
    return { commits: [(data['items'] as Row[])[0]?.['id']] };
  },
  dataops_update_file: aFile,
  dataops_delete_file: aFile,
  dataops_update_schedule_variable: withVariable,
  dataops_delete_schedule_variable: withVariable,
  dataops_delete_branch: async world => {
    const { data } = await world.call('dataops_create_branch', { ...assays, branch: 'mine', ref: 'main' });
    return { branch: data['name'] };
  },
  dataops_delete_mr_note: world => note(world, 'dataops_create_mr_note', { merge_request: '1' }),
  dataops_delete_issue_note: world => note(world, 'dataops_create_issue_note', { issue: '1' }),
  datagrok_delete_space: async () => ({ space: 'Geology' }),
  datagrok_remove_from_space: async world => {
    const { data } = await world.call('datagrok_list_space_children', { space: 'Geology', linked: true });
    return { entity: (data['items'] as Row[])[0]?.['id'] };
  },
  datagrok_approve_membership: async world => {
    const { data } = await world.call('datagrok_list_membership_requests', { group: 'Geology' });
    return { request: (data['items'] as Row[])[0]?.['id'] };
  },
  datagrok_save_credentials: async world => idOf(world, 'datagrok_get_connection', 'entity', 'Geology:Laboratory'),
  datagrok_delete_credentials: async world => {
    const { data } = await world.call('datagrok_get_credentials', { entity: 'Geology:Laboratory' });
    return { id: data['id'] };
  },
  datagrok_save_connection: async world => ({
    ...(await idOf(world, 'datagrok_get_connection', 'id', 'Geology:Laboratory')),
    name: 'Laboratory',
  }),
  datagrok_save_script: async () => ({ namespace: 'MaraOkafor:', name: 'RockQuality' }),
  datagrok_save_function: async () => ({ namespace: 'MaraOkafor:', name: 'RockQuality' }),
  datagrok_save_query: async () => ({ namespace: 'Geology:Laboratory:', name: 'LatestBatch' }),
  datagrok_save_project: async () => ({ name: 'Legacy' }),
  datagrok_save_group: async () => ({ name: 'Geology' }),
  datagrok_save_user: async () => ({ login: 'lena.novak' }),
  datagrok_upload_file: async () => ({ connector: 'MaraOkafor:Home', path: 'notes.txt' }),
  datagrok_upload_table: async () => ({ table: 'MaraOkafor:CopperheadNorth:Collars' }),
  datagrok_upload_space_file: async () => ({ path: 'plans/2027.txt' }),
  datagrok_create_dashboard: async () => ({ name: 'MaraOkafor:CopperheadOverview' }),
  datagrok_change_group_members: async () => ({ group: 'Geology', add: [], remove: ['mara.okafor'] }),
  dx_upsert_repo_group: async () => ({ repos: [] }),
  dx_set_pull_services: async () => ({ replace: true }),
  dx_update_report: async () => ({ tiles: [] }),
  dx_update_scorecard: async () => ({ checks: [] }),
  dx_update_user_group: async () => ({ members: [] }),
  dx_update_entity: async () => ({ owner_team_ids: ['Booking'] }),
  dx_upsert_entity: async () => ({ identifier: 'booking-api', owner_team_ids: ['Booking'] }),
  dx_update_entity_type: async () => ({ properties: [] }),
  dx_delete_entity_type: async () => ({ identifier: 'service' }),
  dx_sync_service: async () => ({ dx_team_id: '1' }),
  dx_remove_relation_edge: async world => {
    const edge = { relation_identifier: 'service-consumes-api', entity_identifier: 'booking-web' };
    const { data } = await world.call('dx_list_relation_edges', edge);
    return { target_entity_identifier: (data['items'] as Row[])[0]?.['identifier'] };
  },
};

const assays = { project: 'meridian/data/drill-assays' };

async function aFile(world: World): Promise<Row> {
  const { data } = await world.call('dataops_list_files', { ...assays, recursive: true, limit: 'all' });
  return { path: (data['items'] as Row[]).find(({ type }) => type === 'blob')?.['path'], branch: 'main' };
}

async function withVariable(world: World): Promise<Row> {
  const { schedule } = await first('dataops_list_schedules', 'schedule')(world);
  await world.call('dataops_add_schedule_variable', { ...assays, schedule, key: 'DEPTH', value: '2' });
  return { schedule, key: 'DEPTH' };
}

async function note(world: World, tool: string, about: Row): Promise<Row> {
  const { data } = await world.call(tool, { ...assays, ...about, body: 'Look again' });
  return { ...about, note: String(data['id']) };
}

function first(listing: string, argument: string, key = 'id', of?: Row) {
  return async (world: World): Promise<Row> => {
    const { data } = await world.call(listing, of ?? assays);
    return { [argument]: String((data['items'] as Row[])[0]?.[key]) };
  };
}

async function idOf(world: World, reading: string, argument: string, name: string): Promise<Row> {
  return { [argument]: (await world.call(reading, { data_connection: name })).data['id'] };
}

/** Records for which the seed has nothing to ask about, or that ask in tests of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  dataops_create_commit: 'test/scenarios/side-doors.test.ts',
  dataops_update_group_variable: 'the token of the seed may not',
  dataops_delete_group_variable: 'the token of the seed may not',
  dataops_rotate_group_token: 'the token of the seed may not',
  dataops_revoke_group_token: 'the token of the seed may not',
  dataops_allow_group: 'the token of the seed sees no group of that number',
  dataops_disallow_group: 'no group is let in',
  dataops_delete_package: 'no package is there',
  dataops_delete_package_file: 'no package is there',
  dataops_remove_fork_relation: 'no fork is there',
  dataops_update_submodule: 'no submodule is there',
};

describe('a question', () => {
  it('names what it is about as people do: no id, no tool, no blank', async () => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
    const silent: string[] = [];
    for (const { name, example } of destructive) {
      const args = { ...example.arguments, ...examples[name], ...(await found[name]?.(world)) };
      const { text } = await unhurried(world, name, args);
      const [, question] = /^needs_confirmation: ([\s\S]*?) This would be sent: /.exec(text) ?? [];
      if (question === undefined) {
        silent.push(`${name}: ${text.slice(0, 120)}`);
        continue;
      }
      const [asked = ''] = question.split('?', 1);
      expect(asked, name).not.toMatch(uuid);
      expect(question, name).not.toMatch(
        /\b(?:dataops|datagrok|dx|datarock|datamin)_[a-z]|\{\w+\}|\bundefined\b|\bnull\b/,
      );
      expect(asked, name).not.toMatch(/"[NM][A-Z][A-Za-z0-9]{2,5}"|\bnothing\b|\[object/);
    }
    expect(silent.filter(one => !((one.split(':')[0] as string) in elsewhere))).toEqual([]);
  }, 120_000);

  it('is put by every operation that saves over what is there', () => {
    const saving = records.filter(
      ({ name, risk }) => /_(save|upsert|sync|set|replace)_/.test(name) && risk !== 'reads',
    );
    const unasked = saving.filter(one => !isDestructive(one)).map(({ name }) => name);
    // Each of these says what a thing is like, so that the same call with the former value undoes it.
    expect(unasked.sort()).toEqual([
      'dx_set_user_attributes',
      'dx_set_workflow_run_status',
      'dx_upsert_incident',
      'dx_upsert_pipeline_run',
      'dx_upsert_relation_edges',
    ]);
    expect(saving.map(platformOf)).toContain('datagrok');
  });
});
