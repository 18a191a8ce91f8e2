import { expect, it } from 'vitest';
import { startListening } from '../support/listening.ts';

// Requests as clients of each revision sent them, byte for byte. No SDK has a hand in them.

const json = { 'content-type': 'application/json' };
const both = { ...json, accept: 'application/json, text/event-stream' };

it('2024-11-05: a stream of events, and messages posted beside it', async () => {
  const { stream, send } = await startListening({ sse: true });
  const events = await stream('/sse', undefined, { accept: 'text/event-stream' });
  expect(events.headers['content-type']).toBe('text/event-stream');
  const endpoint = await events.endpoint();
  expect(endpoint).toMatch(/^\/messages\?sessionId=[0-9a-f-]{36}$/);
  const post = async (body: string) => (await send(endpoint, { method: 'POST', headers: json, body })).status;

  const initialize =
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{"sampling":{},"roots":{"listChanged":true}},"clientInfo":{"name":"mcp","version":"0.1.0"}}}';
  expect(await post(initialize)).toBe(202);
  expect(await events.next()).toMatchObject({
    jsonrpc: '2.0',
    id: 0,
    result: { protocolVersion: '2024-11-05', serverInfo: { name: 'data-platforms-mcp' }, capabilities: { tools: {} } },
  });
  expect(await post('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toBe(202);
  expect(await post('{"jsonrpc":"2.0","id":1,"method":"ping"}')).toBe(202);
  expect(await events.next()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  expect(
    await post(
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"datarock_list_projects","arguments":{}}}',
    ),
  ).toBe(202);
  const content = [{ type: 'text', text: expect.stringMatching(/^All 4 projects\./) }];
  expect(await events.next()).toMatchObject({ id: 2, result: { content } });
  expect(await post('no message')).toBe(400);
  expect(await post('{"hello":"world"}')).toBe(400);
  events.destroy();
});

it('2025-03-26: one address, and several requests in one body', async () => {
  const { send } = await startListening();
  const post = (body: string) => send('/mcp', { method: 'POST', headers: both, body });
  const opening =
    '{"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"mcp-remote-client","version":"0.1.5"}},"jsonrpc":"2.0","id":0}';
  expect((await post(opening)).message).toMatchObject({ id: 0, result: { protocolVersion: '2025-03-26' } });
  expect(await post('{"method":"notifications/initialized","jsonrpc":"2.0"}')).toMatchObject({ status: 202, body: '' });
  const batch =
    '[{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"datarock_list_projects"}},' +
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"gone"}},' +
    '{"jsonrpc":"2.0","id":"b","method":"resources/read","params":{"uri":"datarock://projects"}},' +
    '{"jsonrpc":"2.0","id":"c","method":"nothing/like/this"}]';
  const { body, status } = await post(batch);
  expect(status).toBe(200);
  const answers = (body.match(/^data: .*$/gm) ?? []).map(line => JSON.parse(line.slice('data: '.length)));
  const byId = Object.fromEntries(answers.map(answer => [answer.id, answer]));
  expect(Object.keys(byId).sort()).toEqual(['a', 'b', 'c']);
  expect(byId['a'].result.content[0].text).toMatch(/^All 4 projects\./);
  expect(JSON.parse(byId['b'].result.contents[0].text).page.total).toBe(4);
  expect(byId['c'].error.code).toBe(-32601);
});

it('2025-06-18: a session, its revision in a header, and a question within a call', async () => {
  const { send, stream } = await startListening(
    { legacy_sessions: true },
    { platforms: ['dataops'], flags: { toolsets: 'dataops:repository' } },
  );
  const opening =
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"elicitation":{}},"clientInfo":{"name":"vscode","title":"Visual Studio Code","version":"1.103.0"}}}';
  const opened = await send('/mcp', { method: 'POST', headers: both, body: opening });
  const session = opened.headers['mcp-session-id'] as string;
  expect(opened.message).toMatchObject({ id: 0, result: { protocolVersion: '2025-06-18' } });
  const headers = { ...both, 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
  const post = (body: string, more = {}) => send('/mcp', { method: 'POST', headers: { ...headers, ...more }, body });
  expect((await post('{"jsonrpc":"2.0","method":"notifications/initialized"}')).status).toBe(202);
  const create =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"dataops_create_branch","arguments":{"project":"meridian/data/drill-assays","branch":"recorded","ref":"main"}}}';
  expect((await post(create)).message.result).not.toHaveProperty('isError');

  const remove = JSON.parse(
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"dataops_delete_branch","arguments":{"project":"meridian/data/drill-assays","branch":"recorded"}}}',
  );
  const call = await stream('/mcp', remove, headers);
  const question = await call.next();
  expect(question).toMatchObject({ method: 'elicitation/create', params: { requestedSchema: { type: 'object' } } });
  const agreement = `{"jsonrpc":"2.0","id":${JSON.stringify(question?.id)},"result":{"action":"accept","content":{"agree":true}}}`;
  expect((await post(agreement)).status).toBe(202);
  expect(await call.last()).toMatchObject({ id: 2, result: { structuredContent: {} } });

  const unknown = await post('{"jsonrpc":"2.0","id":3,"method":"tools/list"}', {
    'mcp-protocol-version': '1999-01-01',
  });
  expect(unknown.status).toBe(400);
  expect(unknown.message.error?.message).toMatch(/Unsupported protocol version/);
  expect((await send('/mcp', { method: 'DELETE', headers })).status).toBe(200);
  expect((await post('{"jsonrpc":"2.0","id":4,"method":"tools/list"}')).status).toBe(404);
});

it('2025-11-25: a session that listens, and completes what is typed', async () => {
  const { send, stream } = await startListening({ legacy_sessions: true });
  const opening =
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{},"elicitation":{"form":{},"url":{}}},"clientInfo":{"name":"claude-code","title":"Claude Code","version":"2.0.60","websiteUrl":"https://claude.com/claude-code"}}}';
  const opened = await send('/mcp', { method: 'POST', headers: both, body: opening });
  expect(opened.message).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } });
  const headers = {
    ...both,
    'mcp-session-id': opened.headers['mcp-session-id'] as string,
    'mcp-protocol-version': '2025-11-25',
  };
  const post = (body: string) => send('/mcp', { method: 'POST', headers, body });
  expect((await post('{"jsonrpc":"2.0","method":"notifications/initialized"}')).status).toBe(202);
  const listening = await stream('/mcp', undefined, { ...headers, accept: 'text/event-stream' });
  expect([listening.status, listening.headers['content-type']]).toEqual([200, 'text/event-stream']);
  const complete =
    '{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"datarock://projects/{project}/holes"},"argument":{"name":"project","value":"iron"},"context":{"arguments":{}}}}';
  expect((await post(complete)).message.result).toMatchObject({
    completion: { values: ['Iron Knoll Grade Control'], total: 1, hasMore: false },
  });
  const call =
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"datarock_create_export","arguments":{"project":"Copperhead North","artefact":"RQD","holes":["DDH001"]},"_meta":{"progressToken":2,"claudecode/toolUseId":"toolu_01"}}}';
  const { body } = await post(call);
  const messages = (body.match(/^data: \{.*$/gm) ?? []).map(line => JSON.parse(line.slice('data: '.length)));
  expect(messages[0]).toMatchObject({ method: 'notifications/progress', params: { progressToken: 2 } });
  expect(messages.at(-1)).toMatchObject({ id: 2, result: { structuredContent: { run: { status: 'succeeded' } } } });
  listening.destroy();
});
