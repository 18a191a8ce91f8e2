import { describe, expect, it } from 'vitest';
import { createResources } from '../../../src/resources/registry.ts';
import { dxWorld } from '../../support/dx-world.ts';

type Row = Record<string, unknown>;

const confirmIn = ({ text }: { text: string }) => /confirm: "([^"]+)"/.exec(text)?.[1];

describe('reports', () => {
  const tile = { title: 'All', sql: 'SELECT count(*) FROM deployments', chart_type: 'table' };

  it('are listed, searched, shown by name, and completed', async () => {
    const { callTool, seed, server } = await dxWorld();
    const { data } = await callTool('dx_list_reports', { limit: 2 });
    expect((data['items'] as Row[]).map(({ name }) => name)).toEqual(['Deployment frequency', 'Incidents by priority']);
    expect(data['page']).toMatchObject({ returned: 2, complete: false });
    const rest = await callTool('dx_list_reports', { cursor: (data['page'] as Row)['next'] });
    expect((rest.data['items'] as Row[]).map(({ name }) => name)).toEqual(['Cycle time']);
    const found = await callTool('dx_list_reports', { search: 'cycle' });
    expect(found.data['page']).toMatchObject({ total: 1, complete: true });
    const report = seed.reports.find(({ name }) => name === 'Cycle time');
    expect((await callTool('dx_get_report', { report: 'cycle time' })).data).toEqual(report);
    for (const name of [report?.id, `dx://reports/${report?.id}`])
      expect((await callTool('dx_get_report', { report: name })).data).toEqual(report);
    const resources = createResources(server.shared, server.tools);
    expect(await resources.complete('dx://reports/{report}', 'report', 'inc', {})).toEqual(['Incidents by priority']);
    const { contents } = await resources.read(`dx://reports/${report?.id}`);
    expect(JSON.parse((contents[0] as { text: string }).text)).toEqual(report);
  });

  it('are created, and lose tiles only when somebody agreed', async () => {
    const { callTool, seed } = await dxWorld();
    const owner_email = seed.users[3]?.email;
    const ownerless = await callTool('dx_create_report', { name: 'Mine' });
    expect(ownerless.text).toMatch(/^bad_arguments: .*"owner_email is needed with an organization token"/);
    const order = { name: 'Mine', owner_email, description: 'D', markdown_notes: 'N', tiles: [tile] };
    const access = { view_access_type: 'specific_users', edit_access_type: 'everyone', viewer_emails: ['a@b.example'] };
    const made = await callTool('dx_create_report', { ...order, ...access, editor_emails: [] });
    expect(made.data).toMatchObject({ ...order, ...access, tiles: [{ ...tile, chart_config: {} }] });
    const renamed = await callTool('dx_update_report', { report: made.data['id'], name: 'Ours' });
    expect(renamed.data).toMatchObject({ name: 'Ours', tiles: [{ title: 'All' }] });

    const change = { report: made.data['id'], tiles: [{ ...tile, title: 'New', chart_type: 'pie' }] };
    const question = await callTool('dx_update_report', change);
    expect(question.text).toContain('It replaces 1 tile (All) of Ours.');
    const changed = await callTool('dx_update_report', { ...change, confirm: confirmIn(question) });
    expect(changed.data['tiles']).toMatchObject([{ title: 'New', chart_type: 'pie' }]);

    const gone = await callTool('dx_delete_report', { report: 'Cycle time' });
    expect(gone.text).toContain(`It deletes Cycle time of ${seed.users[2]?.email} with 1 tile (Cycle time).`);
    expect((await callTool('dx_delete_report', { report: 'Cycle time', confirm: confirmIn(gone) })).data).toMatchObject(
      {
        ok: true,
      },
    );
    expect(seed.reports.map(({ name }) => name)).toEqual(['Deployment frequency', 'Incidents by priority', 'Ours']);
  });
});

describe('a PlatformX project', () => {
  it('keeps its token from everybody but the person who opens the result', async () => {
    const { callTool, seed, state, server } = await dxWorld();
    const known = new Set(state.tokens.keys());
    const creator_id = seed.users[0]?.id;
    const made = await callTool('dx_create_platform_project', { name: 'Portal', creator_id, hidden: true });
    const token = [...state.tokens.keys()].find(value => !known.has(value)) ?? '';
    expect(token).toMatch(/^dxp_[0-9a-f]{40}$/);
    expect(made.data).toEqual({
      ...seed.projects.at(-1),
      token_stored_as: expect.stringMatching(/^result:\/\//),
      next: expect.stringContaining('The person opens result://'),
    });
    expect(JSON.stringify(made.raw)).not.toContain(token);
    expect(server.shared.redactor.text(`it is ${token}`)).toBe('it is [redacted]');

    const uri = String(made.data['token_stored_as']);
    const read = await callTool('read_result', { result: uri });
    expect(read.text).toMatch(/^bad_arguments: Token of Portal is a secret, which no tool shows\./);
    const file = await callTool('export_result', { result: uri, format: 'file', path: 'token.txt' });
    expect(file.isError).toBe(true);
    for (const args of [{ search: 'dxp' }, { from_line: 1 }])
      expect((await callTool('read_result', { result: uri, ...args })).text).not.toContain(token);
    const { contents } = await createResources(server.shared, server.tools).read(uri);
    const { blob } = contents[0] as { blob: string };
    expect(Buffer.from(blob, 'base64').toString()).toBe(token);
    expect((await server.shared.results.get(uri)).source.arguments).toEqual({
      name: 'Portal',
      creator_id,
      hidden: true,
    });
  });

  it('is listed without its token', async () => {
    const { callTool, seed } = await dxWorld();
    Object.assign(seed.projects[0] ?? {}, { token: 'dxp_of_somebody' });
    const { data, raw } = await callTool('dx_list_platform_projects');
    expect(data['items']).toEqual([{ ...seed.projects[0], token: '[redacted]' }]);
    expect(JSON.stringify(raw)).not.toContain('dxp_of_somebody');
  });

  it('of nobody is refused', async () => {
    const { callTool } = await dxWorld();
    expect((await callTool('dx_create_platform_project', { name: 'x', creator_id: 'nobody' })).text).toMatch(
      /^not_found: dx_list_users shows nothing called "nobody"/,
    );
  });
});

it('the token of the connection is shown with what it may do', async () => {
  const { callTool } = await dxWorld();
  const { data } = await callTool('dx_get_token');
  expect(data).toMatchObject({
    auth: { token_type: 'account_web_api_token', token_name: 'Sandbox automation', expires_at: null },
    account: { name: 'Kestrel Freight' },
  });
});
