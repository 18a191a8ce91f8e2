import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { uriTemplate } from '../../src/operations/uri-template.ts';
import { startWorld, type World } from '../support/harness.ts';

async function connected(world: World) {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const server = world.server.factory({ era: 'legacy' });
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([server.connect(ours as never), client.connect(theirs)]);
  return client;
}
const json = (result: { contents: unknown[] }) => JSON.parse((result.contents[0] as { text: string }).text);

describe('resources', () => {
  it('list every listing without variables, and what is stored, newest first', async () => {
    const world = await startWorld({ flags: { answer_tokens: 500 } });
    const client = await connected(world);
    const holes = { project: 'Iron Knoll Grade Control', limit: 'all' };
    await world.call('datarock_list_holes', holes);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['datarock://projects', expect.stringMatching(/^result:\/\//)]);
    expect(resources[1]).toMatchObject({
      name: 'holes of Iron Knoll Grade Control',
      description: expect.stringMatching(/620 rows, from datarock_list_holes/),
    });
    expect(resources.every(({ name, description, mimeType }) => name && description && mimeType)).toBe(true);
  });

  it('offer templates for everything with variables', async () => {
    const { resourceTemplates } = await (await connected(await startWorld())).listResourceTemplates();
    expect(resourceTemplates.map(one => one.uriTemplate)).toEqual([
      'datarock://projects/{project}/artefacts',
      'datarock://projects/{project}/holes',
      'datarock://exports/{export}',
      'chain://{name}',
      'result://{id}',
    ]);
  });

  it('read the same as the tool does, names included', async () => {
    const world = await startWorld();
    const client = await connected(world);
    const tool = await world.call('datarock_list_artefacts', { project: 'Copperhead North', limit: 'all' });
    const read = await client.readResource({
      uri: `datarock://projects/${encodeURIComponent('Copperhead North')}/artefacts`,
    });
    expect(json(read)).toEqual(tool.data);
    expect(json(await client.readResource({ uri: 'datarock://projects' })).items).toHaveLength(4);
  });

  it('read an export, hole by hole, without its links', async () => {
    const world = await startWorld();
    const client = await connected(world);
    const { data } = await world.call('datarock_create_export', {
      project: 'Copperhead North',
      artefact: 'rqd',
      holes: ['DDH001', 'DDH002'],
    });
    const read = await client.readResource({ uri: (data['run'] as { uri: string }).uri });
    expect(json(read)).toMatchObject({
      items: [{ holeId: 'DDH001', status: 'completed', file_ready: true }, {}],
      about: { status: 'completed' },
    });
    expect(JSON.stringify(read)).not.toMatch(/http:\/\/127/);
  });

  it('read a stored table, whole while it is small', async () => {
    const world = await startWorld();
    const client = await connected(world);
    const { data } = await world.call('datarock_create_export', {
      project: 'Copperhead North',
      artefact: 'rqd',
      holes: ['DDH001'],
    });
    const { uri } = data['result'] as { uri: string };
    const read = await client.readResource({ uri });
    expect(read.contents[0]).toMatchObject({
      uri,
      mimeType: 'text/csv',
      text: expect.stringMatching(/^hole_id,depth_from/),
    });
    const big = await world.call('datarock_create_export', {
      project: 'Copperhead North',
      artefact: 'rqd',
      holes: 'all',
    });
    const described = await client.readResource({ uri: (big.data['result'] as { uri: string }).uri });
    expect(json(described)).toMatchObject({ rows: 8540, note: expect.stringMatching(/read_result/) });
  });

  it.each([
    ['datarock://nothing', /not found/i],
    ['datarock://projects/Nowhere/holes', /Nowhere/],
    ['result://aaaaaaaaaaaa', /no stored result/],
  ])('say that %s is not there', async (uri, expected) => {
    const client = await connected(await startWorld());
    await expect(client.readResource({ uri })).rejects.toThrow(expected);
  });
});

describe('completion', () => {
  const holes = { type: 'ref/resource', uri: 'datarock://projects/{project}/holes' } as const;

  it('offers names that begin with or hold what was typed', async () => {
    const client = await connected(await startWorld());
    const complete = async (value: string) =>
      (await client.complete({ ref: holes, argument: { name: 'project', value } })).completion.values;
    expect(await complete('cop')).toEqual(['Copperhead North']);
    expect(await complete('knoll')).toEqual(['Iron Knoll Grade Control']);
    expect(await complete('')).toHaveLength(4);
    expect(await complete('zzz')).toEqual([]);
  });

  it('asks the platform once for a word that is being typed', async () => {
    const world = await startWorld();
    const client = await connected(world);
    for (const value of ['c', 'co', 'cop']) await client.complete({ ref: holes, argument: { name: 'project', value } });
    expect(world.datarock.requests).toHaveLength(1);
  });

  it('searches where the platform can, within what is chosen already', async () => {
    const client = await connected(await startWorld({ platforms: ['dataops'] }));
    const uri = 'dataops://projects/{project}/pipelines{?ref}';
    const complete = async (name: string, value: string, given: Record<string, string> = {}) => {
      const ref = { type: 'ref/resource', uri } as const;
      return (await client.complete({ ref, argument: { name, value }, context: { arguments: given } })).completion
        .values;
    };
    expect(await complete('project', 'drill')).toContain('meridian/data/drill-assays');
    const branches = await complete('ref', 'ma', { project: 'meridian/data/drill-assays' });
    expect(branches).toContain('main');
    const read = await client.readResource({
      uri: `dataops://projects/${encodeURIComponent('meridian/data/drill-assays')}/pipelines?ref=main`,
    });
    expect(json(read).items.every(({ ref }: { ref: string }) => ref === 'main')).toBe(true);
  });

  it('that fails says why, and shows no secret', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const client = await connected(world);
    const { token = '' } = world.dataops.settings;
    world.dataops.faults.add({ kind: 'status', status: 400, body: `no ${token}` });
    const ref = { type: 'ref/resource', uri: 'dataops://projects/{project}/pipelines{?ref}' } as const;
    const asked = client.complete({ ref, argument: { name: 'project', value: 'drill' } });
    await expect(asked).rejects.toThrow(/rejected: DataOps\.live answered 400 to \w+: "no \[redacted\]"/);
  });

  it('has nothing to offer for other variables', async () => {
    const client = await connected(await startWorld());
    const ref = { type: 'ref/resource', uri: 'datarock://exports/{export}' } as const;
    for (const name of ['export', 'constructor'])
      expect((await client.complete({ ref, argument: { name, value: 'a' } })).completion.values).toEqual([]);
  });
});

describe('URI templates', () => {
  it.each([
    ['x://a/{b}/c', 'x://a/one%20two/c', { b: 'one two' }],
    ['x://a/{b}', 'x://a/p~q/', { b: 'p~q' }],
    ['x://r/{id}{?since,mode}', 'x://r/7?mode=a%26b&since=2', { id: '7', since: '2', mode: 'a&b' }],
    ['x://r/{id}{?since}', 'x://r/7', { id: '7' }],
    ['x://a/{b}', 'x://a/b/c', undefined],
    ['x://a/{b}', 'y://a/b', undefined],
    ['x://a/{b}', 'x://a/%zz', undefined],
  ])('%s reads %s', (template, uri, expected) => {
    expect(uriTemplate(template).match(uri)).toEqual(expected);
  });

  it('expand to what they read again', () => {
    const template = uriTemplate('x://r/{id}{?since}');
    const values = { id: 'a/b c?', since: '2026-11-21T00:00:00Z' };
    expect(template.match(template.expand(values))).toEqual(values);
    expect(template.expand({ id: '1' })).toBe('x://r/1');
  });
});
