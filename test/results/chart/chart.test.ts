import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/base/redact.ts';
import { drawChart } from '../../../src/results/chart/chart.ts';
import type { ChartRequest } from '../../../src/results/chart/plan.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

const { signal } = new AbortController();

async function easel() {
  const { store, clock } = await freshStore();
  async function draw(csv: string, request: ChartRequest) {
    const result = await store.write(origin({ name: 'core' }), { bytes: pieces(csv, 65_536) });
    const chart = await drawChart(result, request, { results: store, clock, signal, redactor: createRedactor() });
    const svg = await text(await store.open(chart.svg));
    const words = [...svg.matchAll(/>([^<>]+)<\/t/g)].map(([, word]) => word);
    return { ...chart, source: result, text: svg, words };
  }
  return { store, clock, draw };
}

/** Width and height as the file itself says. */
const sizeOf = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
};

const holes = ['A1', 'A2', 'A3'];
const depths = Array.from({ length: 40 }, (_, at) => at);
const core = `hole_id,depth_from,depth_to,rqd_percent,rock\n${holes
  .flatMap(hole =>
    depths.map(at => `${hole},${at},${at + 1},${at % 7 ? (at * 13) % 100 : ''},${at < 20 ? 'basalt' : 'shale'}`),
  )
  .join('\n')}\n`;

test('a strip log has its holes side by side, depth in metres, tracks with units, kinds by name', async () => {
  const { draw, store } = await easel();
  const { words, image, png, svg, source, title } = await draw(core, { type: 'strip_log', theme: 'dark' });
  expect(title).toBe('Strip log: RQD, Rock');
  expect(words).toEqual(expect.arrayContaining([...holes, 'Depth (m)', 'RQD (%)', 'Rock', 'basalt', 'shale']));
  expect(words.filter(word => word === 'Depth (m)')).toHaveLength(1);
  const [width = 0] = sizeOf(image);
  expect(width).toBeLessThanOrEqual(800);
  expect(png).toMatchObject({ kind: 'file', mediaType: 'image/png', name: 'Strip log: RQD, Rock.png' });
  expect(svg.source).toMatchObject({
    operation: 'chart_result',
    arguments: { result: source.uri, type: 'strip_log', theme: 'dark' },
    from: [{ uri: source.uri }],
  });
  expect((await store.list()).map(({ name }) => name)).toContain('Strip log: RQD, Rock.svg');
});

test('a line over a depth goes down; more series than can be told apart are left out and said', async () => {
  const { draw } = await easel();
  const many = `hole,depth,rqd\n${depths.flatMap(hole => depths.map(at => `H${hole},${at},${at}`)).join('\n')}\n`;
  const { words, notes, text: svg } = await draw(many, { type: 'line', by: 'hole', units: { rqd: '%' } });
  expect(notes).toEqual(['Only the first 8 of 40 series are drawn; choose others with query_result.']);
  expect(words).toEqual(expect.arrayContaining(['RQD (%)', 'Depth (m)', 'H0', 'H7', notes[0]]));
  expect(words).not.toContain('H8');
  // The labels of the depth axis: how far down the picture each is.
  const ticks = [...svg.matchAll(/translate\(-7,([\d.]+)\)[^>]*>(\d+)</g)].map(([, y, depth]) => [
    Number(depth),
    Number(y),
  ]);
  const fromAbove = ticks.toSorted((a, b) => Number(a[1]) - Number(b[1])).map(([depth]) => Number(depth));
  expect(fromAbove.length).toBeGreaterThan(3);
  expect(fromAbove).toEqual(fromAbove.toSorted((a, b) => a - b));
});

test('bars are the mean of what repeats, the largest first', async () => {
  const { draw } = await easel();
  const { words, image, notes } = await draw('status,duration_s\nok,10\nok,30\nfailed,50\nodd,\n', { type: 'bar' });
  expect(words).toEqual(expect.arrayContaining(['Mean of duration (s)', 'Status']));
  const names = words.filter(word => ['ok', 'failed', 'odd'].includes(word as string));
  expect(names).toEqual(['failed', 'ok']);
  expect(notes).toContain('No bar for odd: no number there.');
  expect(sizeOf(image)).toEqual([800, 420]);
});

test('histogram, box and scatter are drawn, in light colours, with what they leave out', async () => {
  const { draw } = await easel();
  const rows = Array.from({ length: 8_000 }, (_, at) => `${at % 3},${(at * 7919) % 1000},${at % 500 ? at : ''}`);
  const csv = `kind,a_ppm,b_mm\n${rows.join('\n')}\n`;
  const histogram = await draw(csv, { type: 'histogram', x: 'b_mm' });
  expect(histogram.notes).toEqual(['b_mm: 16 empty values left out.']);
  expect(histogram.words).toEqual(expect.arrayContaining(['B (mm)', 'Rows', 'core, 8,000 rows']));
  const box = await draw(csv, { type: 'box', x: 'kind', y: ['a_ppm'] });
  expect(box.words).toEqual(expect.arrayContaining(['A (ppm)', 'Kind']));
  const scatter = await draw(csv, { type: 'scatter', x: 'a_ppm', y: ['b_mm'] });
  expect(scatter.notes).toEqual(['b_mm: 16 empty values left out.', 'One in 2 of 7,984 points is drawn.']);
  expect(scatter.text).toContain('fill="#ffffff"');
});

test('the same picture has the same handles', async () => {
  const { draw, store, clock } = await easel();
  const { png, source } = await draw('a,b\n1,2\n', { type: 'scatter', x: 'a', y: ['b'] });
  const request: ChartRequest = { type: 'scatter', x: 'a', y: ['b'] };
  const again = await drawChart(await store.get(source.uri), request, {
    results: store,
    clock,
    signal,
    redactor: createRedactor(),
  });
  expect(again.png.uri).toBe(png.uri);
});

test('what stands among numbers is marked and said, and is neither a number nor a colour', async () => {
  const { draw } = await easel();
  const values = ['<0.01', '9', '10', '127', 'NS', ''];
  const lines = Array.from({ length: 30 }, (_, at) => `Q1,${at},${at + 1},${values[at % values.length]}`);
  const csv = `hole,from,to,au\n${lines.join('\n')}\n`;
  const strip = await draw(csv, { type: 'strip_log', y: ['au'] });
  expect(strip.notes).toEqual(['au: 10 values that are no number (<0.01, NS).', 'au: 5 empty values left out.']);
  expect(strip.words.filter(word => word === 'NS')).toHaveLength(5);
  expect(strip.words).not.toContain('other');
  const bars = await draw(csv, { type: 'bar', x: 'hole', y: ['au'], aggregate: 'max' });
  expect(bars.notes).toEqual(strip.notes);
});

test('bars over time are dates with few labels, stacked sums of counts; what is empty is no bar and said', async () => {
  const { draw } = await easel();
  const day = (at: number) => new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
  const times = Array.from({ length: 400 }, (_, at) => at);
  const many = `at,state,run_count\n${times.flatMap(at => ['ok', 'failed'].map(state => `${day(at)},${state},${at < 31 ? '' : at % 5}`)).join('\n')}\n`;
  const months = await draw(many, { type: 'bar', x: 'at', y: ['run_count'], by: 'state' });
  expect(months.notes).toEqual([
    'run_count: 62 empty values left out.',
    'Bars are months.',
    'No bar for 2026-01: no number there.',
  ]);
  expect(months.words).toEqual(expect.arrayContaining(['Sum of run count', '2026-03', 'ok', 'failed']));
  expect(months.words).not.toContain('2026-01');
  // February has 28 days of 0 to 4 each, of both states: stacked it reaches above 100.
  expect(Math.max(...months.words.map(Number).filter(Number.isFinite))).toBeGreaterThanOrEqual(100);
  const few = `day,au\n${times
    .slice(0, 24)
    .map(at => `${day(at).slice(0, 10)},${at}`)
    .join('\n')}\n`;
  const days = await draw(few, { type: 'bar', x: 'day', y: ['au'] });
  // What finds no room is written without ink.
  const labels = [...days.text.matchAll(/<text([^>]*)>2026-01-\d\d</g)].filter(
    ([, how]) => !how?.includes('opacity="0"'),
  );
  expect(labels.length).toBeGreaterThan(3);
  expect(labels.length).toBeLessThanOrEqual(10);
});

test('what stands among numbers is marked where it stands', async () => {
  const { draw } = await easel();
  const rows = Array.from({ length: 20 }, (_, at) => `${at},${at % 5 === 2 ? 'NS' : at / 4}`).join('\n');
  for (const type of ['line', 'scatter'] as const) {
    const { text: svg, notes } = await draw(`x,au\n${rows}\n`, { type, x: 'x', y: ['au'] });
    expect(notes).toEqual(['au: 4 values that are no number (NS).']);
    const plain = await draw(`x,au\n${rows.replaceAll('NS', '')}\n`, { type, x: 'x', y: ['au'] });
    const marks = (picture: string) => picture.match(/<path aria-label="[^"]*"/g)?.length ?? 0;
    expect(marks(svg) - marks(plain.text)).toBe(4);
  }
});
