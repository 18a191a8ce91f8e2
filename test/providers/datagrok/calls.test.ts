import { describe, expect, test } from 'vitest';
import { startDatagrok } from '../../support/datagrok-world.ts';

const calls = (lines: string[]) => lines.filter(line => line.endsWith('/call'));

describe('functions', () => {
  test('answer a value, several outputs, nothing, and what only looks like a route', async () => {
    const { ask, lines } = await startDatagrok();
    const run = (name: string, given: object = {}) =>
      ask('datagrok_call_function', { function: name, arguments: given });
    expect(await run('Sin', { x: 0 })).toEqual({ value: 0 });
    expect(await run('Chem:smilesToMw', { smiles: 'CCO' })).toEqual({ value: 46.069 });
    expect(await run('Chem:smilesToMw', { smiles: 'unheard of' })).toEqual({ value: null });
    expect(await run('IsEmpty', { s: '' })).toEqual({ value: true });
    expect(await run('functions')).toEqual({ value: 42 });
    expect(await run('MaraOkafor:RockQuality', { from_m: 10, to_m: 12, long_pieces: 1.4 })).toEqual({
      outputs: { rqd: 70, rock_class: 'fair', note: null },
    });
    expect(await run('Geology:Laboratory:LatestBatch')).toEqual({ value: 'CHN-2026-0412' });
    expect(calls(lines())[1]).toBe('POST /api/public/v1/functions/Chem.smilesToMw/call');
  });

  test('answer without a JSON content type, strings unquoted', async () => {
    const { ask, state } = await startDatagrok();
    state.plainAnswers = true;
    expect(await ask('datagrok_call_function', { function: 'Uppercase', arguments: { s: 'rqd' } })).toEqual({
      value: 'RQD',
    });
    expect(await ask('datagrok_call_function', { function: 'Abs', arguments: { x: -2.5 } })).toEqual({ value: 2.5 });
  });

  test('answer tables as stored results', async () => {
    const { ask, stored, call } = await startDatagrok();
    const order = { function: 'Geology:Laboratory:AssaysByHole', arguments: { hole: 'DDH007', min_cu: 1 } };
    const { value } = await ask('datagrok_call_function', order);
    const { rows, kind, columns } = value as { rows: number; kind: string; columns: { name: string; min: number }[] };
    expect(kind).toBe('table');
    expect(columns.map(({ name }) => name)).toEqual(['hole_id', 'depth_from', 'depth_to', 'cu_percent', 'au_gpt']);
    expect(columns[3]?.min).toBeGreaterThanOrEqual(1);
    const result = await stored({ result: value });
    expect(result.text.trim().split('\n')).toHaveLength(rows + 1);
    const next = await call('datagrok_upload_table', { table: 'RichAssays', source: result.uri });
    expect(next.isError, next.text).toBe(false);
    // Whatever is called a dataframe and is no text is left as it came.
    const composites = await ask('datagrok_call_function', {
      function: 'Geology:Composite',
      arguments: { hole: 'DDH001', length_m: 20 },
    });
    expect(composites['value']).toMatchObject({ kind: 'table', name: 'composites of Geology:Composite' });
  });

  test('are checked before they run, where the server tells their inputs', async () => {
    const { callFails, state, ask } = await startDatagrok();
    const run = (name: string, given: object) =>
      callFails('datagrok_call_function', { function: name, arguments: given });
    expect(await run('Geology:Composite', { hole: 'DDH001', lenght_m: 5 })).toBe(
      'bad_arguments: Geology:Composite: it has no input "lenght_m". Nothing was run.\n' +
        'Next: Its inputs: hole (string), length_m (double).',
    );
    expect(await run('Geology:Composite', { hole: 7, length_m: '5' })).toMatch(
      /hole must be of type string; length_m must be of type double\. Nothing was run\./,
    );
    expect(state.calls).toEqual([]);
    expect(await run('Geology:Composite', { length_m: 5 })).toMatch(/^rejected: .*\(400\): "Input hole is required"/);
    state.absent.set('B3-get', 404);
    expect(await ask('datagrok_call_function', { function: 'Cos', arguments: { x: 0 } })).toEqual({ value: 1 });
    expect(await run('Add', { a: 1, b: 2, c: 3 })).toMatch(/^rejected: .*"Unknown input: c"/);
  });

  test('that fail inside say so without their stack, and are not run twice', async () => {
    const { callFails, state } = await startDatagrok();
    const run = (name: string, given: object = {}) =>
      callFails('datagrok_call_function', { function: name, arguments: given });
    const crash = await run('Sqrt', { x: -1 });
    expect(crash).toBe(
      'upstream_down: Datagrok failed at datagrok_call_function: "Sqrt: x is negative". It may have been carried out.\n' +
        'Next: The failure is inside the platform, or inside the function. Its server log has the details. ' +
        'Look whether it took effect before you send it again.',
    );
    expect(state.calls).toHaveLength(1);
    expect(await run('NoSuch')).toMatch(/^not_found: .*\(404\): "Function not found: NoSuch"/);
    expect(await run('GeoTools:OpenCoreViewer', { hole: 'DDH001' })).toMatch(/client-side function and cannot run/);
  });

  test('are found by either route, and the one that works is remembered', async () => {
    const { ask, callFails, state, lines } = await startDatagrok();
    state.absent.set('A7', 404);
    const order = { function: 'Sin', arguments: { x: 0 } };
    expect(await ask('datagrok_call_function', order)).toEqual({ value: 0 });
    expect(await ask('datagrok_call_function', order)).toEqual({ value: 0 });
    expect(calls(lines())).toEqual([
      'POST /api/public/v1/functions/Sin/call',
      'POST /api/public/v1/Sin/call',
      'POST /api/public/v1/Sin/call',
    ]);
    expect(await callFails('datagrok_call_function', { function: 'NoSuch' })).toMatch(/Function not found: NoSuch/);
    state.absent.set('A7-short', 404);
    expect(await callFails('datagrok_call_function', order)).toMatch(
      /^not_found: This server does not offer datagrok_call_function/,
    );
  });

  test('are tried by the other route on a real 404 alone', async () => {
    const { callFails, lines, faults } = await startDatagrok();
    const order = { function: 'NoSuch' };
    expect(await callFails('datagrok_call_function', order)).toMatch(/^not_found: /);
    faults.add({ kind: 'status', status: 502, match: { path: /call$/ } });
    expect(await callFails('datagrok_call_function', order)).toMatch(/^upstream_down: /);
    expect(calls(lines())).toEqual(Array(2).fill('POST /api/public/v1/functions/NoSuch/call'));
  });

  test.each([
    ['functions', 'POST /api/public/v1/functions/Sin/call'],
    ['short', 'POST /api/public/v1/Sin/call'],
  ])('go where the operator said: %s', async (choice, line) => {
    const { ask, lines } = await startDatagrok({ env: { DATAGROK_CALL_PATH: choice } });
    expect(await ask('datagrok_call_function', { function: 'Sin', arguments: { x: 0 } })).toEqual({ value: 0 });
    expect(calls(lines())).toEqual([line]);
  });
});

describe('a dataframe', () => {
  const count = (table: unknown) => ({ function: 'Geology:CountRows', arguments: { table } });

  test('is given by a handle, by the name of a table, as rows and as CSV', async () => {
    const { ask, state } = await startDatagrok();
    const { result } = await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:Collars' });
    const { uri, rows } = result as { uri: string; rows: number };
    expect(rows).toBeGreaterThan(1);
    expect(await ask('datagrok_call_function', count(uri))).toMatchObject({
      value: rows,
      sent: { table: `${rows} rows` },
    });
    expect(await ask('datagrok_call_function', count('MaraOkafor:CopperheadNorth:Collars'))).toMatchObject({
      value: rows,
      sent: { table: 'the table MaraOkafor:CopperheadNorth:Collars' },
    });
    expect(await ask('datagrok_call_function', count([{ a: 1 }, { a: 2 }]))).toMatchObject({ value: 2 });
    expect(await ask('datagrok_call_function', count('a,b\n1,2\n3,4\n5,6\n'))).toMatchObject({ value: 3 });
    expect(String(state.calls[0]?.given['table'])).toMatch(/^\S+,\S+/);
  });

  test('a handle stands for its rows, where nobody tells the inputs', async () => {
    const { ask, state } = await startDatagrok();
    const { result } = await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:Collars' });
    const { uri, rows } = result as { uri: string; rows: number };
    state.absent.set('B3-get', 404);
    expect(await ask('datagrok_call_function', count(uri))).toMatchObject({ value: rows });
  });

  test('what no table can be made of is refused, and nothing is run', async () => {
    const { callFails, state } = await startDatagrok();
    for (const table of ['Nope:Collars', 5, { a: 1 }, [1, 2], [], true, 'a table of holes.'])
      expect(await callFails('datagrok_call_function', count(table)), JSON.stringify(table)).toMatch(
        /^(bad_arguments|not_found|not_configured): /,
      );
    expect(await callFails('datagrok_call_function', count('result://aaaaaaaaaaaa'))).toMatch(/^not_found: /);
    const other = { function: 'Geology:Composite', arguments: { hole: 'result://aaaaaaaaaaaa' } };
    expect(await callFails('datagrok_call_function', other)).toMatch(
      /^bad_arguments: Geology:Composite: hole is of type string, which this server cannot make of what was given\./,
    );
    expect(state.calls).toEqual([]);
  });
});

test('an argument that the function does not take is a wrong argument', async () => {
  const { callFails } = await startDatagrok();
  const order = { function: 'Geology:Composite', arguments: { hole: 'DDH999' } };
  expect(await callFails('datagrok_call_function', order)).toMatch(
    /^bad_arguments: The function did not take what it was given: ".*KeyError: no hole DDH999"/,
  );
});

describe('a long call', () => {
  const order = { function: 'Geology:KrigeBlocks', arguments: { search_m: 40 } };

  test('tells how long it has taken, and says at the deadline that it may go on', async () => {
    const { call, state } = await startDatagrok();
    const told: string[] = [];
    const answer = await call('datagrok_call_function', order, { progress: message => told.push(message) });
    expect(answer.text).toBe(
      'timed_out: Geology:KrigeBlocks has not answered within 50 s. It may still be running: Datagrok has no way to ask.\n' +
        'Next: Do not call it again before you know that it had no effect. For calls this long the operator raises DATAGROK_TIMEOUT_SECONDS.',
    );
    expect(told.slice(0, 2)).toEqual(['datagrok_call_function: 5 s so far', 'datagrok_call_function: 10 s so far']);
    // The tenth would come with the deadline.
    expect(told).toHaveLength(9);
    expect(state.calls).toHaveLength(1);
  });

  test('is waited for as long as the operator allows', async () => {
    const { ask, clock } = await startDatagrok({ env: { DATAGROK_TIMEOUT_SECONDS: '600' } });
    const start = clock.now();
    expect(await ask('datagrok_call_function', order)).toEqual({ value: 120_000 });
    expect(clock.now() - start).toBeGreaterThanOrEqual(240_000);
  });
});
