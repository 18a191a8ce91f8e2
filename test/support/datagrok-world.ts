import { buffer } from 'node:stream/consumers';
import { startWorld, type WorldOptions } from './harness.ts';

type Row = Record<string, unknown>;

/** Everything of Datagrok as a tool. Nobody is asked, unless the test is about that. */
export async function startDatagrok({ flags = {}, ...options }: WorldOptions = {}) {
  const world = await startWorld({
    ...options,
    platforms: ['datagrok'],
    flags: { toolsets: 'datagrok:all', yes: true, ...flags },
  });
  const { state, requests, faults } = world.datagrok;

  /** The answer's data; fails the test when it is an error. */
  async function ask(name: string, args: Row = {}): Promise<Row> {
    const answer = await world.call(name, args);
    if (answer.isError) throw new Error(`${name}: ${answer.text}`);
    return answer.data;
  }
  /** The code and words of an error, in one text. */
  async function callFails(name: string, args: Row = {}): Promise<string> {
    const answer = await world.call(name, args);
    if (!answer.isError) throw new Error(`${name} was not refused: ${answer.text}`);
    return answer.text;
  }
  /** The stored result that an answer names, and its bytes. */
  async function stored(data: Row) {
    const { results } = world.server.shared;
    const result = await results.get((data['result'] as { uri: string }).uri);
    const bytes = await buffer(await results.open(result));
    return { ...result, content: bytes, text: bytes.toString() };
  }
  const lines = () => requests.map(({ method, target }) => `${method} ${target}`);
  return { ...world, state, requests, faults, ask, callFails, stored, lines };
}
