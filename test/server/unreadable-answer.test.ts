import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from '../support/process.ts';

interface Message {
  id?: number;
  method?: string;
  params?: { requestId?: number };
  result?: { content: { text: string }[] };
}

it.each([
  ['a result that is no object', (id: number) => ({ id, result: 'yes' })],
  ['neither result nor error', (id: number) => ({ id, answer: { action: 'accept' } })],
  ['an id of another kind', () => ({ id: { own: 1 }, result: { action: 'accept' } })],
])(
  'a client that answers a question with what is no message (%s) is told so at once, and nothing is sent',
  async (_, answer) => {
    const folder = mkdtempSync(join(tmpdir(), 'unreadable-'));
    const args = ['--sandbox', '--toolsets', 'dataops:repository', '--results-dir', folder, '--log-level', 'warn'];
    const program = startProgram(args);
    const next = async (accept: (message: Message) => boolean) =>
      JSON.parse(await program.line(line => accept(JSON.parse(line) as Message))) as Message;
    const call = (id: number, name: string, more: object = {}) => {
      const arguments_ = { project: 'meridian/data/drill-assays', branch: 'gone', ...more };
      program.send({ id, method: 'tools/call', params: { name, arguments: arguments_ } });
      return next(message => message.id === id && message.method === undefined);
    };
    program.send({
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: { elicitation: {} },
        clientInfo: { name: 'raw', version: '1' },
      },
    });
    await next(({ id }) => id === 1);
    program.send({ method: 'notifications/initialized' });
    await call(2, 'dataops_create_branch', { ref: 'main' });
    const asked = next(({ method }) => method === 'elicitation/create');
    const withdrawn = next(({ method }) => method === 'notifications/cancelled');
    const answered = call(3, 'dataops_delete_branch');
    const { id } = await asked;
    program.send(answer(id as number));
    const { result } = await answered;
    expect(result?.content[0]?.text).toMatch(/the client's answer could not be read/i);
    // The form goes away.
    expect((await withdrawn).params?.requestId).toBe(id);
    expect((await call(4, 'dataops_get_branch')).result?.content[0]?.text).toContain('"gone"');
  },
);
