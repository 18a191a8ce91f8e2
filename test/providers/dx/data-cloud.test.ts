import { describe, expect, it, vi } from 'vitest';
import { dxWorld, unattended } from '../../support/dx-world.ts';

type Row = Record<string, unknown>;

/** Asks for the token of a confirmation and gives it; the question is handed back. */
async function confirmed(call: Awaited<ReturnType<typeof dxWorld>>['callTool'], name: string, args: Row) {
  const question = await call(name, args);
  const confirm = /confirm: "([^"]+)"/.exec(question.text)?.[1];
  expect(question.text).toMatch(/^needs_confirmation: /);
  const answer = await call(name, { ...args, confirm });
  expect(answer.isError).toBe(false);
  return { question: question.text, answer };
}

describe('an incident', () => {
  const base = { reference_id: 'INC-9', started_at: '2026-11-20T08:00:00Z' };

  it('keeps what an update leaves out, and loses what it clears', async () => {
    const { callTool, seed } = await dxWorld();
    const details = { name: 'Queue', services: ['notify'], metadata: { team: 'a', old: 1 }, source_name: 'pager' };
    expect((await callTool('dx_upsert_incident', { ...base, ...details })).data).toMatchObject({ ok: true });
    const change = { ...base, resolved_at: '1795161600', priority: 'P1', metadata: { team: 'b' } };
    await callTool('dx_upsert_incident', change);
    expect(seed.incidents.get('INC-9')).toEqual({
      reference_id: 'INC-9',
      name: 'Queue',
      priority: 'P1',
      started_at: Date.UTC(2026, 10, 20, 8),
      resolved_at: Date.UTC(2026, 10, 20, 8),
      services: [{ identifier: 'notify', name: 'notify' }],
      metadata: { team: 'b' },
      source_name: 'pager',
    });
    await callTool('dx_upsert_incident', { ...base, resolved_at: '', services: [], metadata: '' });
    expect(seed.incidents.get('INC-9')).toMatchObject({ resolved_at: null, services: [], metadata: {} });
  });

  it('is resolved by its key alone, where the Data Studio tells when it began, and is read by it', async () => {
    const { callTool, seed, sent } = await dxWorld();
    await callTool('dx_upsert_incident', { ...base, name: 'Queue', services: ['notify', 'ledger'] });
    const { isError, text } = await callTool('dx_upsert_incident', {
      reference_id: 'INC-9',
      resolved_at: '2026-11-20T09:00:00Z',
    });
    expect(isError, text).toBe(false);
    expect(seed.incidents.get('INC-9')).toMatchObject({
      name: 'Queue',
      started_at: Date.UTC(2026, 10, 20, 8),
      resolved_at: Date.UTC(2026, 10, 20, 9),
    });
    expect((await callTool('dx_get_incident', { reference_id: 'INC-9' })).data).toMatchObject({
      source_id: 'INC-9',
      name: 'Queue',
      services: ['ledger', 'notify'],
    });
    const before = sent('incidents.upsert').length;
    const unknown = await callTool('dx_upsert_incident', { reference_id: 'INC-0', resolved_at: 'now' });
    expect(unknown.text).toMatch(/^not_found: DX knows no incident "INC-0"\.\nNext: Nothing was sent\./);
    expect(sent('incidents.upsert')).toHaveLength(before);
  });

  it('is sent without its start where nobody can be asked for it, and DX says what it thinks of that', async () => {
    const { callTool, sent } = await dxWorld({ env: { DX_WEB_TOKEN: undefined } });
    const { text } = await callTool('dx_upsert_incident', { reference_id: 'INC-9', resolved_at: 'now' });
    expect(sent('incidents.upsert')).toHaveLength(1);
    expect(text).toMatch(/^bad_arguments: .*started_at/);
  });

  it('whose answer is lost is sent again', async () => {
    const { callTool, dx, sent } = await dxWorld();
    dx.faults.add({ kind: 'drop', match: { path: /incidents/ }, times: 1 });
    expect((await callTool('dx_upsert_incident', base)).isError).toBe(false);
    expect(sent('incidents.upsert')).toHaveLength(2);
  });
});

it('a pipeline run takes everything that the vendor knows, and is merged by its key', async () => {
  const { callTool, seed } = await dxWorld();
  const start = { pipeline_name: 'release', pipeline_source: 'ci', reference_id: 'run-1' };
  const rest = {
    repository: 'kestrel/notify',
    commit_sha: 'd1a34f0',
    pr_number: 812,
    head_branch: 'main',
    source_url: 'https://ci.kestrel.example/1',
    email: 'a@kestrel.example',
    github_username: 'a',
    gitlab_username: 'b',
  };
  await callTool('dx_upsert_pipeline_run', {
    ...start,
    ...rest,
    started_at: '2026-11-20T10:00:00Z',
    status: 'running',
  });
  const end = { finished_at: '2026-11-20T10:09:00Z', status: 'failure' };
  await callTool('dx_upsert_pipeline_run', { ...start, started_at: '2026-11-20T10:05:00Z', ...end });
  expect(seed.pipelineRuns.get('run-1')).toEqual({
    ...start,
    ...rest,
    status: 'failure',
    started_at: Date.UTC(2026, 10, 20, 10),
    finished_at: Date.UTC(2026, 10, 20, 10, 9),
  });
  const lost = { ...start, started_at: 'now', commit_sha: 'd1a34f0', reference_id: 'run-2' };
  expect((await callTool('dx_upsert_pipeline_run', lost)).text).toMatch(
    /^bad_arguments: Arguments of dx_upsert_pipeline_run: commit_sha needs repository \(org\/repo\)\.\nNext: Nothing was sent/,
  );
});

describe('custom data', () => {
  const about = { reference: 'kestrel/booking-api', key: 'coverage' };

  it('is read by its key or id, and overwritten', async () => {
    const { callTool, seed } = await unattended();
    const found = seed.customData.find(({ reference, key }) => reference === about.reference && key === about.key);
    const seen = await callTool('dx_get_custom_data', about);
    expect(seen.data).toEqual(found);
    expect((await callTool('dx_get_custom_data', { id: found?.id })).data).toEqual(found);
    const made = await callTool('dx_set_custom_data', { ...about, value: '{"percent": 81}', timestamp: '2026-11-20' });
    expect(made.data).toEqual({ ...seen.data, value: { percent: 81 }, timestamp: '2026-11-20T00:00:00.000Z' });
    await callTool('dx_set_custom_data', { ...about, key: 'owners', value: ['a', 'b'] });
    const listed = await callTool('dx_list_custom_data', { reference: about.reference });
    expect(listed.data['items']).toEqual(seed.customData.filter(({ reference }) => reference === about.reference));
    expect(listed.data['page']).toMatchObject({ total: 3, complete: true });
    expect((await callTool('dx_get_custom_data', { ...about, key: 'nothing' })).text).toMatch(
      /^not_found: .*not_found, /,
    );
  });

  it('is deleted when somebody has agreed to what is lost', async () => {
    const { callTool, seed } = await dxWorld();
    const { question } = await confirmed(callTool, 'dx_delete_custom_data', about);
    expect(question).toMatch(/It deletes coverage of kestrel\/booking-api: \{"percent":\d+\}\./);
    expect(seed.customData.filter(({ reference }) => reference === about.reference)).toHaveLength(1);
    const all = await confirmed(callTool, 'dx_delete_all_custom_data', { reference: about.reference });
    expect(all.question).toContain('It has 1 value: ownership.');
    expect(seed.customData.some(({ reference }) => reference === about.reference)).toBe(false);
  });
});

describe('many rows at once', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ reference: `r-${index}`, key: 'n', value: { index } }));

  it('come from a stored result, and go in batches', async () => {
    const { callTool, seed, server, sent } = await unattended();
    const table = rows(450).map(row => ({ ...row, value: JSON.stringify(row.value), timestamp: '' }));
    const source = { operation: 'x', arguments: {}, at: '' };
    const { uri } = await server.shared.results.write({ name: 't', mediaType: '', source }, { rows: table });
    const seen = await callTool('dx_set_all_custom_data', { source: uri });
    expect(seen.data).toEqual({ rows: 450, accepted: 450, accepted_rows: '1-450' });
    expect(sent('customData.setAll')).toHaveLength(3);
    expect(seed.customData.filter(({ key }) => key === 'n').map(({ value }) => value)).toEqual(
      rows(450).map(({ value }) => value),
    );
  });

  it('keep every digit of a long number, as a text', async () => {
    const { callTool, seed } = await dxWorld();
    const source = [{ reference: 'r', key: 'long', value: '{"id":12345678901234567890}' }];
    expect((await callTool('dx_set_all_custom_data', { source })).isError).toBe(false);
    expect(seed.customData.find(({ key }) => key === 'long')?.value).toEqual({ id: '12345678901234567890' });
  });

  it('are checked before the first is sent', async () => {
    const { callTool, sent } = await dxWorld();
    const given = [...rows(2), { reference: 'x', value: {} }, { reference: 'y', key: 'k', value: 7, other: 1 }];
    const seen = await callTool('dx_set_all_custom_data', { source: given });
    expect(seen.text).toMatch(/^bad_arguments: Nothing was sent: row 3: key .*; row 4: /);
    expect(seen.text).toContain('\nNext: Columns: reference, key, value, timestamp.');
    expect(sent('customData.setAll')).toHaveLength(0);
  });

  it('that are refused cost nobody the others, and it is told which', async () => {
    const { callTool, dx, seed } = await unattended();
    const body = '{"ok":false,"error":"invalid_arguments","message":"odd"}';
    dx.faults.add({ kind: 'status', status: 422, body, match: { path: /setAll/ }, skip: 1, times: 1 });
    const seen = await callTool('dx_set_all_custom_data', { source: rows(500) });
    expect(seen.data).toMatchObject({ rows: 500, accepted: 300, accepted_rows: '1-200, 401-500' });
    expect(seen.data['rejected']).toEqual([{ rows: '201-400', problem: expect.stringContaining('invalid_arguments') }]);
    expect(seed.customData.filter(({ key }) => key === 'n')).toHaveLength(300);
  });

  it('stop where going on makes no sense, and are gone on with', async () => {
    const { callTool, dx, state, seed, clock, sent } = await unattended();
    dx.faults.add({ kind: 'hang', match: { path: /setAll/ }, skip: 1 });
    const pending = callTool('dx_set_all_custom_data', { source: rows(500) });
    await vi.waitFor(() => expect(sent('customData.setAll')).toHaveLength(2));
    await clock.advance(51_000);
    const seen = await pending;
    expect(seen.data).toMatchObject({ accepted: 200, accepted_rows: '1-200', unknown_rows: '201-400' });
    expect(seen.data).toMatchObject({ unsent_rows: '401-500' });
    // Sending the same key twice does no harm, so what may have arrived is sent again.
    expect(seen.text).toContain('Go on with dx_set_all_custom_data and skip_rows 200.');
    dx.faults.clear();
    const rest = await callTool('dx_set_all_custom_data', { source: rows(500), skip_rows: 200 });
    expect(rest.data).toEqual({ rows: 500, accepted: 300, accepted_rows: '201-500', skipped: 200 });
    expect(seed.customData.filter(({ key }) => key === 'n')).toHaveLength(500);
    state.accountActive = false;
    expect((await callTool('dx_set_all_custom_data', { source: rows(3) })).text).toMatch(
      /^rejected: .*account_inactive/,
    );
  });

  it('are held to the rate that the operator allows', async () => {
    const { callTool, sent } = await unattended({ env: { DX_REQUESTS_PER_SECOND: '2' } });
    expect((await callTool('dx_set_all_custom_data', { source: rows(1200) })).data['accepted']).toBe(1200);
    const times = sent('customData.setAll').map(({ at }) => at);
    const most = Math.max(...times.map(at => times.filter(other => other >= at && other < at + 1000).length));
    expect(most).toBe(2);
  });
});

describe('use of AI tools', () => {
  const day = { email: 'a@kestrel.example', date: '2026-11-20', is_active: true, tool: 'pair-coder' };

  it('that may have arrived is not sent again', async () => {
    const { callTool, dx } = await dxWorld();
    dx.faults.add({ kind: 'status', status: 502, match: { path: /pushAll/ }, skip: 1 });
    const source = Array.from({ length: 500 }, (_, index) => ({ ...day, email: `${index}@kestrel.example` }));
    const seen = await callTool('dx_push_all_ai_tool_metrics', { source });
    expect(seen.data).toMatchObject({ accepted_rows: '1-200', unknown_rows: '201-400', unsent_rows: '401-500' });
    expect(seen.text).toContain('Go on with dx_push_all_ai_tool_metrics and skip_rows 400.');
  });

  it('is recorded for a day, given as any moment of it', async () => {
    const { callTool, seed } = await dxWorld();
    const figures = {
      input_tokens: 5,
      output_tokens: 4,
      cache_read_tokens: 3,
      cache_write_tokens: 2,
      spend_cents: 1,
      metrics: { accepted: 7 },
    };
    const seen = await callTool('dx_push_ai_tool_metrics', { ...day, ...figures, date: '2026-11-20T23:30:00Z' });
    expect(seen.data).toMatchObject({ ...day, ...figures });
    expect(seed.aiToolMetrics.get('a@kestrel.example\n2026-11-20\npair-coder')).toMatchObject({ ...day, ...figures });
  });

  it('is not repeated when no answer came', async () => {
    const { callTool, dx, sent } = await dxWorld();
    dx.faults.add({ kind: 'truncate', match: { path: /aiToolMetrics/ } });
    expect((await callTool('dx_push_ai_tool_metrics', day)).text).toMatch(/^bad_upstream_reply: .*may have/);
    dx.faults.clear();
    dx.faults.add({ kind: 'status', status: 502, match: { path: /aiToolMetrics/ } });
    expect((await callTool('dx_push_ai_tool_metrics', day)).text).toMatch(
      /^upstream_down: .*\nNext: It may be recorded\. The same email, date and tool again replaces it/,
    );
    expect(sent('aiToolMetrics.push')).toHaveLength(2);
  });

  it('comes as a table, its texts converted', async () => {
    const { callTool, seed } = await dxWorld();
    const source = [
      { ...day, is_active: 'yes', input_tokens: '12', metrics: '{"accepted":1}' },
      { ...day, date: '2026-11-21T08:00:00Z', is_active: 0, spend_cents: null },
    ];
    const seen = await callTool('dx_push_all_ai_tool_metrics', { source });
    expect(seen.data).toEqual({ rows: 2, accepted: 2, accepted_rows: '1-2' });
    const stored = (date: string) => seed.aiToolMetrics.get(`a@kestrel.example\n${date}\npair-coder`);
    expect(stored('2026-11-20')).toMatchObject({ is_active: true, input_tokens: 12, metrics: { accepted: 1 } });
    expect(stored('2026-11-21')).toEqual({ ...day, id: expect.any(Number), date: '2026-11-21', is_active: false });
    const wrong = await callTool('dx_push_all_ai_tool_metrics', { source: [{ ...day, date: '24h' }] });
    expect(wrong.text).toMatch(/^bad_arguments: Nothing was sent: row 1: date "24h" is no time\./);
  });
});

describe('custom metrics', () => {
  const metric = { reference: 'kestrel/booking-api', key: 'build_minutes' };

  it('are listed past the hundred that DX shows at once, also where many share a moment', async () => {
    const { callTool, seed } = await dxWorld();
    const { timestamp } = seed.customMetrics[99] as { timestamp: string };
    for (const row of seed.customMetrics.slice(95, 105)) row.timestamp = timestamp;
    const ids: unknown[] = [];
    let cursor: unknown;
    do {
      const page = { limit: 98, fields: ['id'], ...(cursor ? { cursor } : {}) };
      const { data } = await callTool('dx_list_custom_metrics', { ...metric, ...page });
      ids.push(...(data['items'] as Row[]).map(({ id }) => id));
      cursor = (data['page'] as Row)['next'];
      expect((data['page'] as Row)['complete']).toBe(cursor === null);
    } while (cursor);
    expect(ids).toEqual(seed.customMetrics.map(({ id }) => String(id)));
    const all = await callTool('dx_list_custom_metrics', { ...metric, limit: 'all' });
    expect(all.data['page']).toMatchObject({ returned: 250, complete: true });
  });

  it('newest first end after a hundred, and do not pass for all', async () => {
    const { callTool, seed } = await dxWorld();
    const { data } = await callTool('dx_list_custom_metrics', {
      ...metric,
      order: 'desc',
      limit: 'all',
      fields: ['id'],
    });
    expect(data['items']).toEqual(
      seed.customMetrics
        .slice(-100)
        .toReversed()
        .map(({ id }) => ({ id: String(id) })),
    );
    expect(data['page']).toEqual({ returned: 100, total: null, complete: false, next: null });
    const from = seed.customMetrics.at(-3)?.timestamp;
    const last = await callTool('dx_list_custom_metrics', { ...metric, order: 'desc', from });
    expect(last.data['page']).toMatchObject({ returned: 3, complete: true });
  });

  it('grow by one value with each call', async () => {
    const { callTool, seed } = await dxWorld();
    const given = { ...metric, value: '7.5', timestamp: '2026-11-20T10:00:00+02:00', metadata: { branch: 'main' } };
    const { data } = await callTool('dx_push_custom_metric', given);
    const expected = { ...given, value: 7.5, timestamp: '2026-11-20T08:00:00.000Z', id: data['id'] };
    expect(data).toEqual(expected);
    expect(seed.customMetrics.at(-1)).toEqual({ ...expected, id: Number(data['id']) });
  });
});

describe('groups of repositories', () => {
  const booking = { reference_id: 'rg-booking' };
  const repo = (name: string) => ({ source: 'github', external_id: `kestrel/${name}` });

  it('are shown, and grow', async () => {
    const { callTool, seed } = await dxWorld();
    const [group] = seed.repoGroups;
    const shown = { ...group, id: String(group?.id) };
    expect((await callTool('dx_get_repo_group', booking)).data).toEqual(shown);
    expect((await callTool('dx_get_repo_group', { id: '410' })).data).toEqual(shown);
    await callTool('dx_add_repo_group_repos', { ...booking, repos: [repo('new')] });
    expect(group?.repos).toHaveLength(5);
    const taken = { id: 411, repos: [repo('new')] };
    expect((await callTool('dx_add_repo_group_repos', taken)).text).toMatch(/^bad_arguments: .*is in another group/);
  });

  it('are made without asking, and lose repositories only when somebody agreed', async () => {
    const { callTool, seed } = await dxWorld();
    const made = await callTool('dx_upsert_repo_group', {
      name: 'New',
      reference_id: 'rg-new',
      parent_id: 410,
      repos: [],
    });
    expect(made.data).toMatchObject({ name: 'New', reference_id: 'rg-new', parent_id: '410', repos: [] });
    const has = seed.repoGroups[0]?.repos ?? [];
    const more = { ...booking, name: 'Booking', repos: [...has, repo('new')] };
    expect((await callTool('dx_upsert_repo_group', more)).isError).toBe(false);
    const fewer = { ...booking, name: 'Booking', repos: has.slice(0, 3) };
    const { question } = await confirmed(callTool, 'dx_upsert_repo_group', fewer);
    expect(question).toContain(`Booking loses 2 repositories: ${has[3]?.external_id}, kestrel/new.`);
    expect(seed.repoGroups[0]?.repos).toEqual(has.slice(0, 3));
    const out = await confirmed(callTool, 'dx_remove_repo_group_repos', { id: 410, repos: has.slice(0, 1) });
    expect(out.question).toContain(
      `Take ${has[0]?.external_id} out of the repository group "Booking"? It has 3 repositories now.`,
    );
    const gone = await confirmed(callTool, 'dx_delete_repo_group', booking);
    expect(gone.question).toContain(
      `Delete the repository group "Booking"? It has 2 repositories: ${has[1]?.external_id}, ${has[2]?.external_id}.`,
    );
    expect(seed.repoGroups.map(({ name }) => name)).toEqual(['Tracking', 'New']);
  });
});

it('a service is named, with its team', async () => {
  const { callTool, seed } = await unattended();
  const service = { reference_id: 'booking-api', name: 'Booking API', dx_team_id: 'MTA' };
  expect((await callTool('dx_sync_service', service)).data).toMatchObject({ ok: true });
  expect(seed.syncedServices.get('booking-api')).toEqual(service);
});

describe('what belongs together', () => {
  it.each([
    ['dx_get_custom_data', {}, 'give reference and key, or id'],
    ['dx_get_custom_data', { reference: 'a/b' }, 'reference needs key; or give id alone'],
    ['dx_delete_custom_data', { key: 'coverage' }, 'key needs reference; or give id alone'],
    [
      'dx_set_pull_services',
      { repository: 'a/b', services: ['x'] },
      'name the pull request: repository and pull_number',
    ],
    ['dx_track_event', { name: 'a', timestamp: 'now' }, 'say who did it: email, github_username or gitlab_username'],
    ['dx_create_deployment', { service: 'a', deployed_at: 'now', commit_sha: 'abc123' }, 'a SHA of 7 to 40 characters'],
  ])('%s with %j is refused in words, and nothing is sent', async (tool, args, words) => {
    const { callTool, dx } = await dxWorld({ flags: { toolsets: 'all' } });
    const before = dx.requests.length;
    const { text } = await callTool(tool, args);
    expect(text).toMatch(/^bad_arguments: /);
    expect(text).toContain(words);
    expect(dx.requests.length).toBe(before);
  });
});
