import { type Assistant, expect, rowsOf } from '../story.ts';
import { finishedTable, holes, type Table } from './story-checks.ts';
import { stripLogStory } from './strip-log-story.ts';

const project = 'Copperhead North';
/** Below this RQD rock is very poor; below this depth, in m, it is not just weathered. */
const poor = 15;
const deep = 30;

/** A geologist's question, answered from the sandbox's data. Throws a fault when an answer is not what it must be. */
export async function story(assistant: Assistant): Promise<void> {
  assistant.person('Geologist', `How good is the rock at ${project}? Take the RQD of all holes.`);
  assistant.says('I look for the project and for what it offers.');
  const projects = await assistant.ask('datarock_list_projects', {});
  expect(
    rowsOf(projects).some(({ name }) => name === project),
    `${project} is not among the projects`,
  );
  const products = await assistant.ask('datarock_list_artefacts', { project });
  expect(
    rowsOf(products).some(({ name }) => name === 'RQD'),
    `${project} offers no RQD`,
  );

  assistant.says('RQD is there. I export it for all holes; I need not wait for it in one go.');
  const order = { project, artefact: 'RQD', holes: 'all', wait_seconds: 10 };
  const { data: started } = await assistant.ask('datarock_create_export', order);
  const { uri } = started['run'] as { uri: string };
  assistant.says('It is under way. Its URI is all that I, or anybody, needs to come back to it.');
  const { data: ended } = await assistant.ask('wait_for_run', { run: uri, wait_seconds: 45 });
  const table = finishedTable(ended);

  assistant.says('One table with every hole, stored by the server. I read where the rock is bad: only those rows.');
  const where = [
    { column: 'depth_from', op: '>=', value: deep },
    { column: 'rqd_percent', op: '<', value: poor },
  ];
  const columns = ['hole_id', 'depth_from', 'rqd_percent'];
  const bad = await assistant.ask('read_result', { result: table.uri, where, columns, limit: 200 });
  const [worst, metres] = mostFrequent(rowsOf(bad).map(row => String(row['hole_id'])));
  const { total, complete } = bad.data['page'] as { total: number; complete: boolean };
  expect(complete && total > 0, 'the weak intervals did not come whole');
  const closer = [...where, { column: 'hole_id', op: '=', value: worst }];
  const inWorst = await assistant.ask('read_result', { result: table.uri, where: closer, columns });
  expect(rowsOf(inWorst).length === metres, `${worst} does not have ${metres} weak intervals`);

  const { mean = Number.NaN, nulls = 0 } = table.columns.find(({ name }) => name === 'rqd_percent') ?? {};
  expect(mean > 0 && mean < 100, `a mean RQD of ${mean} cannot be`);
  await checkHoles(assistant, table);
  assistant.handles.set(`RQD of ${project}`, table.uri);
  const depths = rowsOf(inWorst).map(row => Number(row['depth_from']));
  assistant.says(
    `The mean RQD is ${mean.toFixed(1)} % over ${count(table.rows - nulls)} intervals in ${holes} holes; ` +
      `${nulls} more had no core. Below ${deep} m, ${total} intervals are under ${poor} %. ` +
      `${worst} has more of them than any other hole: ${metres}, ` +
      `between ${Math.min(...depths)} and ${Math.max(...depths) + 1} m.`,
  );
  await stripLogStory(assistant);
}

/** Every hole has rows, and nothing else has. Out of sight: no assistant would read it all. */
async function checkHoles(assistant: Assistant, { uri, rows }: Table): Promise<void> {
  const listed = rowsOf(await assistant.check('datarock_list_holes', { project })).map(({ id }) => id);
  const found = new Set<unknown>();
  let read = 0;
  while (read < rows) {
    const page = { result: uri, columns: ['hole_id'], offset: read, limit: 1000 };
    const ids = rowsOf(await assistant.check('read_result', page)).map(row => row['hole_id']);
    expect(ids.length > 0, `of ${rows} rows only ${read} can be read`);
    for (const id of ids) found.add(id);
    read += ids.length;
  }
  expect(found.size === holes && listed.every(id => found.has(id)), `the table has ${found.size} of ${holes} holes`);
}

function mostFrequent(values: readonly string[]): [string, number] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
}

const count = (figure: number) => figure.toLocaleString('en-US');
