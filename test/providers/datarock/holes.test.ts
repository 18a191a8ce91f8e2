import { describe, expect, it, test } from 'vitest';
import { holesMeant, withNearest } from '../../../src/providers/datarock/hole-names.ts';
import { startWorld } from '../../support/harness.ts';

const known = ['DDH001', 'DDH002', 'DDH003', 'DDH010', 'DDH011', 'DW-001', 'DW-002', 'TT"06, wedge', 'TT 01', 'A-B'];

describe('what holes are called', () => {
  test.each<[given: string[], holes: string[]]>([
    [['TT"06, wedge'], ['TT"06, wedge']],
    [
      ['TT"06, wedge', 'ddh001'],
      ['DDH001', 'TT"06, wedge'],
    ],
    [['DDH001, DDH003'], ['DDH001', 'DDH003']],
    [['DDH00*'], ['DDH001', 'DDH002', 'DDH003']],
    [['ddh01?'], ['DDH010', 'DDH011']],
    [['*wedge'], ['TT"06, wedge']],
    [['DDH002-DDH010'], ['DDH002', 'DDH003', 'DDH010']],
    [['DDH2-DDH10'], ['DDH002', 'DDH003', 'DDH010']],
    [['DDH002..DDH010'], ['DDH002', 'DDH003', 'DDH010']],
    [['DDH002 to DDH003'], ['DDH002', 'DDH003']],
    [['DDH002-10'], ['DDH002', 'DDH003', 'DDH010']],
    [['DW-001-DW-002'], ['DW-001', 'DW-002']],
    [['DW-1-2'], ['DW-001', 'DW-002']],
    [['A-B'], ['A-B']],
    [['DDH00*, DW-001'], ['DDH001', 'DDH002', 'DDH003', 'DW-001']],
  ])('%j', (given, holes) => {
    const found = holesMeant(given, known);
    expect(found.unknown).toEqual([]);
    expect(found.holes).toEqual(holes);
  });

  test('what nobody knows is told with the nearest there is', () => {
    expect(holesMeant(['DDH001', 'DDH1', 'X*', 'DDH1-XX3'], known).unknown).toEqual(['DDH1', 'X*', 'DDH1-XX3']);
    expect(withNearest('DDH1', known)).toBe('"DDH1"; did you mean "DDH001"?');
    expect(withNearest('DHD001', known)).toBe('"DHD001"; did you mean "DDH001"?');
    expect(withNearest('completely other', known)).toBe('"completely other"');
  });

  test('a hostile pattern takes no time', () => {
    const start = performance.now();
    const names = Array.from({ length: 1_000 }, (_, index) => `${'a'.repeat(200)}${index}`);
    holesMeant([`${'*a'.repeat(1_000)}b`], names);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const ordered = ({ datarock }: Awaited<ReturnType<typeof startWorld>>) =>
  [...datarock.state.exports.values()].at(-1)?.holes.map(({ id }) => id);
const posts = ({ datarock }: Awaited<ReturnType<typeof startWorld>>) =>
  datarock.requests.filter(({ method }) => method === 'POST');

it.each<[holes: unknown, count: number]>([
  ['ALL', 40],
  [['all'], 40],
  ['["ALL"]', 40],
  ['DDH00*', 9],
  ['DDH001-DDH010', 10],
  ['ddh001, DDH002', 2],
  [['DDH001', 'DDH010-DDH012'], 4],
])('an export of %j is of %i holes', async (holes, count) => {
  const world = await startWorld();
  const order = { project: 'Copperhead North', artefact: 'RQD', holes, wait_seconds: 0 };
  const { text, isError, data } = await world.call('datarock_create_export', order);
  expect(isError, text).toBe(false);
  expect(ordered(world)).toHaveLength(count);
  expect(String((data['run'] as { uri: string }).uri)).toContain(`asked=${count}`);
});

it('a hole with a quote and a comma in its name is one hole, in a text and in a list', async () => {
  const world = await startWorld();
  for (const holes of ['TT"06, wedge', ['TT"06, wedge'], 'TT"06, wedge, TT 01']) {
    const order = { project: 'Tinkers Trial', artefact: 'RQD', wait_seconds: 0, again: true };
    const { text, isError } = await world.call('datarock_create_export', { ...order, holes });
    if (holes === 'TT"06, wedge, TT 01') {
      // Two names with a comma in one of them: nobody can tell them apart, and nothing is started.
      expect(text).toMatch(/^bad_arguments: The project has no holes /);
      continue;
    }
    expect(isError, text).toBe(false);
    expect(ordered(world)).toEqual(['TT"06, wedge']);
  }
});

it.each([
  ['DDH1', /^bad_arguments: The project has no hole "DDH1"; did you mean "DDH001"\? Nothing was started\./],
  ['XX*', /^bad_arguments: The project has no hole "XX\*"\. Nothing was started\./],
  [['DDH001', 'DDH1', 'DDH2'], /no holes "DDH1"; did you mean "DDH001"\?, "DDH2"; did you mean "DDH002"\?\. Nothing/],
])('%j is refused before an export is started', async (holes, told) => {
  const world = await startWorld();
  const order = { project: 'Copperhead North', artefact: 'RQD', holes };
  const { text } = await world.call('datarock_create_export', order);
  expect(text).toMatch(told);
  expect(posts(world)).toEqual([]);
});
