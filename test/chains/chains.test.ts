import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine, onSandbox, temporaryFolder } from '../support/command-line.ts';
import { startWorld } from '../support/harness.ts';
import { modernClient } from '../support/modern.ts';

type Row = Record<string, unknown>;

const itemsOf = ({ data }: { data: Row }) => data['items'] as Row[];
const shipped = ['datamin-getting-slower', 'team-deployments-and-incidents', 'weekly-rqd', 'why-did-last-night-fail'];

describe('the chains that come with the program', () => {
  test('are four, each right by the records, and offered as prompts and resources', async () => {
    const world = await startWorld({ platforms: 'all' });
    const client = modernClient(world);
    const prompts = (await client('prompts/list')).result?.['prompts'] as Row[];
    expect(prompts.map(({ name }) => name).toSorted()).toEqual(shipped);
    const parameters = { project: 'Copperhead North', group: 'Geology', team: 'Booking' };
    for (const { name, arguments: own } of prompts) {
      const wanted = (own as Row[]).map(argument => String(argument['name']));
      const given = Object.fromEntries(Object.entries(parameters).filter(([parameter]) => wanted.includes(parameter)));
      const seen = await world.call('run_chain', { chain: name, parameters: given, dry_run: true });
      expect(seen.text, seen.text).toMatch(/steps\. Nothing was sent\.\n/);
      const prompt = await client('prompts/get', { name: name as string, arguments: given });
      expect(JSON.stringify(prompt.result)).toContain('Call run_chain');
    }
    const { contents } = await world.server
      .served((await import('../../src/callers/caller.ts')).localCaller)
      .resources.read('chain://weekly-rqd');
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ chain: 1, name: 'weekly-rqd' });
  });

  test('answer their questions', { timeout: 120_000 }, async () => {
    const { call } = await startWorld({ platforms: 'all' });
    const failed = await call('run_chain', { chain: 'why-did-last-night-fail', parameters: { since: '3 days ago' } });
    expect(failed.text).toContain("1 x invalid identifier 'AU_PPM_REPEAT'");
    const slower = await call('run_chain', { chain: 'datamin-getting-slower' });
    expect(slower.text).toMatch(/1 of 1 steps done/);
    expect(slower.text).toMatch(/of \d+ of 11 pipelines/);
    const team = await call('run_chain', { chain: 'team-deployments-and-incidents', parameters: { team: 'Booking' } });
    expect(team.text, team.text).toMatch(/3 of 3 steps done/);
    expect(team.text).toMatch(/Booking/);
  });
});

describe('a chain', () => {
  const weekly = {
    chain: 'weekly-rqd',
    parameters: { project: 'Copperhead North', since: '30 days ago', group: 'Geology' },
  };

  test('hands handles on, stops at what a person has to agree to, and goes on from there', {
    timeout: 120_000,
  }, async () => {
    const { call, datarock } = await startWorld({ platforms: 'all' });
    const asked = await call('run_chain', weekly);
    expect(asked.text, asked.text).toMatch(
      /^needs_confirmation: Step share \(datagrok_share_dashboard\): Share the dashboard/,
    );
    const [, confirm] = /confirm: "([^"]+)"/.exec(asked.text) ?? [];
    const before = datarock.requests.length;
    const seen = await call('run_chain', { ...weekly, confirm });
    expect(seen.text, seen.text).toMatch(/4 of 4 steps done; 3 had been done by an earlier run/);
    expect(itemsOf(seen).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
    expect(datarock.requests.length).toBe(before);
    // It is through: the next run is another one.
    const next = await call('run_chain', { ...weekly, dry_run: true });
    expect(next.text).toMatch(/4 steps\. Nothing was sent/);
  });

  test('that is wrong says where, and sends nothing', async () => {
    const { call, datarock } = await startWorld();
    const wrong = {
      chain: 1,
      name: 'wrong',
      title: 'Wrong',
      steps: [
        { name: 'list', operation: 'datarock_list_hole', arguments: { project: '$nowhere' } },
        { name: 'holes', operation: 'datarock_list_holes', arguments: { projekt: 'x' } },
        { name: 'rows', operation: 'read_result', arguments: { result: '$steps.later.result' } },
      ],
    };
    const seen = await call('run_chain', { chain: JSON.stringify(wrong, null, 2) });
    expect(seen.text).toMatch(/^bad_arguments: wrong: line 8, step 1 \(list\): .*datarock_list_hole/);
    expect(seen.text).toContain('there is no parameter "nowhere"');
    expect(seen.text).toContain('datarock_list_holes has no argument "projekt"; did you mean "project"?');
    expect(seen.text).toContain('lacks "project"');
    expect(seen.text).toContain('no earlier step is called "later"');
    expect(datarock.requests).toEqual([]);
  });

  test('with a handle of the wrong kind is told with line and name, before anything runs', async () => {
    const { call, dataops, datagrok } = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
    const job = { project: 'meridian/data/drill-assays', job: '20451' };
    const steps = [
      { name: 'archive', operation: 'dataops_download_artifacts', arguments: job },
      { name: 'branches', operation: 'dataops_list_branches', arguments: { project: job.project } },
      { name: 'me', operation: 'datagrok_get_current_user', arguments: {} },
      {
        name: 'upload',
        operation: 'datagrok_upload_table',
        arguments: { table: 'x', source: '$steps.archive.result' },
      },
      { name: 'chart', operation: 'chart_result', arguments: { result: '$steps.archive.result', type: 'bar' } },
      { name: 'sql', operation: 'query_result', arguments: { sql: 'SELECT * FROM "${steps.archive.result}"' } },
      { name: 'projects', operation: 'dataops_get_project', arguments: { project: '$steps.archive.rows[*].id' } },
      { name: 'wait', operation: 'wait_for_run', arguments: { run: '$steps.branches.result' } },
      { name: 'read', operation: 'read_result', arguments: { result: '$steps.archive.run' } },
      { name: 'describe', operation: 'describe_result', arguments: { result: '$steps.me.result' } },
      {
        name: 'right',
        operation: 'datagrok_upload_table',
        arguments: { table: 'x', source: '$steps.branches.result' },
      },
    ];
    const chain = JSON.stringify({ chain: 1, name: 'kinds', title: 'Kinds', steps }, null, 2);
    const { text } = await call('run_chain', { chain });
    const line = (operation: string) => chain.slice(0, chain.indexOf(`"${operation}"`)).split('\n').length;
    const wrong = (operation: string, at: number, what: string) =>
      expect(text).toContain(`line ${line(operation)}, step ${at} (${steps[at - 1]?.name}): ${what}`);
    wrong(
      'datagrok_upload_table',
      4,
      '$steps.archive.result: that step makes a file, and "source" of datagrok_upload_table wants a table',
    );
    wrong(
      'chart_result',
      5,
      '$steps.archive.result: that step makes a file, and "result" of chart_result wants a table',
    );
    wrong('query_result', 6, '$steps.archive.result: that step makes a file, and "sql" of query_result wants a table');
    wrong('dataops_get_project', 7, '$steps.archive.rows[*].id: that step makes a file, and a file has no rows');
    wrong(
      'wait_for_run',
      8,
      '$steps.branches.result: that is a result, and "run" of wait_for_run wants a run: say .run',
    );
    wrong('read_result', 9, '$steps.archive.run: that step starts no run');
    wrong('describe_result', 10, '$steps.me.result: that step makes no result');
    expect(text).not.toContain('(right)');
    expect([...dataops.requests, ...datagrok.requests]).toEqual([]);
  });

  test('is made of what was called, without secrets, with names for handles and parameters', async () => {
    const { call } = await startWorld({ platforms: ['datarock'] });
    const listed = await call('datarock_list_artefacts', { project: 'all', fields: ['key', 'name'] });
    const { uri } = listed.data['result'] as { uri: string };
    await call('read_result', { result: uri, limit: 3 });
    const saved = await call('save_chain', { name: 'what-there-is', since: '10 min ago', parameters: { rows: 3 } });
    expect(saved.data).toMatchObject({
      uri: 'chain://what-there-is',
      steps: ['list_artefacts: datarock_list_artefacts', 'result: read_result'],
    });
    const shown = await call('run_chain', { chain: 'chain://what-there-is', dry_run: true });
    expect(itemsOf(shown)[1]).toMatchObject({ arguments: '{"result":"$steps.list_artefacts.result","limit":3}' });
    const seen = await call('run_chain', { chain: 'what-there-is', parameters: { rows: 2 } });
    expect(seen.text).toMatch(/2 of 2 steps done/);
  });
});

describe('on the command line', () => {
  test('a chain runs unattended once an operator has agreed to its steps as they are', {
    timeout: 120_000,
  }, async () => {
    const sandbox = await onSandbox();
    const file = join(await temporaryFolder(), 'branch.json');
    const chain = (name: string) => ({
      chain: 1,
      name: 'branch',
      title: 'A branch',
      parameters: { project: { default: 'meridian/data/drill-assays' } },
      steps: [
        { name: 'branches', operation: 'dataops_list_branches', arguments: { project: '$project' } },
        { name: 'delete', operation: 'dataops_delete_branch', arguments: { project: '$project', branch: name } },
      ],
    });
    const listed = await commandLine([
      'call',
      'dataops_list_branches',
      '--project',
      'meridian/data/drill-assays',
      '--json',
      ...sandbox,
    ]);
    const names = (JSON.parse(listed.stdout) as { items: Row[] }).items.map(({ name }) => String(name));
    const own = names.find(name => !['main', 'dev', 'qa'].includes(name)) as string;
    await writeFile(file, JSON.stringify(chain(own), null, 2));
    const refused = await commandLine(['run', file, ...sandbox]);
    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain('data-platforms-mcp chain approve');
    expect((await commandLine(['chain', 'approve', file, ...sandbox])).code).toBe(0);
    const done = await commandLine(['run', file, ...sandbox]);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toMatch(/2 of 2 steps done/);
    // Changed by a word, it is asked about again.
    await writeFile(file, JSON.stringify(chain('main'), null, 2));
    const changed = await commandLine(['run', file, '--fresh', ...sandbox]);
    expect(changed.code).not.toBe(0);
    const dry = await commandLine(['run', file, '--dry-run', ...sandbox]);
    expect(dry.stdout).toMatch(/Nothing was sent/);
  });
});
