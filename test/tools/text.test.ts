import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

/** A server with a stored file of that name. */
async function withFile(name: string, bytes: string | Buffer, mediaType = 'application/octet-stream') {
  const world = await startWorld();
  async function* all() {
    yield Buffer.from(bytes);
  }
  const source = { operation: 'datarock_list_projects', arguments: {}, at: '2026-11-21' };
  const { uri } = await world.server.shared.results.write({ name, mediaType, source }, { bytes: all(), asIs: true });
  const read = (args: object = {}) => world.call('read_result', { result: uri, ...args });
  return { ...world, uri, read };
}

const las = '~Version\r\nVERS.   2.0 :\r\n~Curve\r\nDEPT.M :\r\nGR.API : gamma\r\n~A\r\n100.0 55.1\r\n100.5 60.2\r\n';

describe('a stored text', () => {
  it.each([
    ['log.las', las],
    ['report.md', '# Report\n\n*42* holes\n'],
    ['model.sql', 'SELECT 1;\n-- the end'],
    ['page.html', '<!DOCTYPE html>\n<p>Hello</p>\n'],
    ['data.xml', '<?xml version="1.0"?>\n<a>\n</a>\n'],
    ['notes.txt', 'one\rtwo\rthree'],
    ['settings.json', '{\n "a": 1\n}\n'],
  ])('%s is read in lines', async (name, text) => {
    const { read } = await withFile(name, text);
    const seen = await read();
    const lines = text.replace(/[\r\n]+$/, '').split(/\r\n|\n|\r/);
    expect(seen.data['items']).toEqual(lines.map((one, at) => ({ line: at + 1, text: one })));
    expect(seen.text).toBe(
      [`All ${lines.length} lines.`, `result: ${name}`, ...lines.map((one, at) => `${at + 1}: ${one}`.trimEnd())].join(
        '\n',
      ),
    );
  });

  it('is read from a line to a line, and searched', async () => {
    const { read } = await withFile('log.las', las);
    const part = await read({ from_line: 3, to_line: 4 });
    expect(part.text).toBe('Lines 3 to 4.\nresult: log.las\n3: ~Curve\n4: DEPT.M :');
    const first = await read({ limit: 2 });
    expect(first.text).toMatch(/^Lines 1 to 2; there are more: repeat with from_line 3\./);
    expect(first.data['page']).toMatchObject({ complete: false, next_line: 3, total: 8 });
    const found = await read({ search: 'gr.api' });
    expect(found.text).toBe('1 line with "gr.api".\nresult: log.las\n5: GR.API : gamma');
    expect((await read({ search: 'nothing like it' })).text).toMatch(/^No lines with "nothing like it"\./);
    expect((await read({ from_line: 99 })).text).toMatch(/^There is no such line\./);
  });

  it('has its letters in whatever encoding', async () => {
    const latin = await withFile('a.txt', Buffer.from('J\xf8rgen \x80', 'latin1'));
    expect((await latin.read()).data['items']).toEqual([{ line: 1, text: 'Jørgen €' }]);
    const wide = await withFile('b.txt', Buffer.from('\ufeffÅ\r\nB\r\n', 'utf16le'));
    expect((await wide.read()).data['items']).toEqual([
      { line: 1, text: 'Å' },
      { line: 2, text: 'B' },
    ]);
  });

  it('of JSON in one line is broken into lines, its digits as they are', async () => {
    const { read } = await withFile('state.json', '{"id":9007199254740993,"list":["a, b",{"x":1.10}],"none":{}}');
    const seen = await read();
    expect((seen.data['items'] as { text: string }[]).map(({ text }) => text)).toEqual([
      '{',
      '  "id": 9007199254740993,',
      '  "list": [',
      '    "a, b",',
      '    {',
      '      "x": 1.10',
      '    }',
      '  ],',
      '  "none": {',
      '  }',
      '}',
    ]);
    expect(seen.text).toContain('it is broken into lines here');
  });

  it('of any length has a short answer, which says what is cut', async () => {
    const long = `${'x'.repeat(3_000_000)}\nsecond needle\n${'y'.repeat(500_000)} needle ${'z'.repeat(9_000)}\n`;
    const { read } = await withFile('a.txt', long);
    const all = await read();
    expect(all.text.length).toBeLessThan(12_000);
    expect(all.text).toContain('(1048577 characters)');
    expect(all.text).toContain('Of a line of more than 1048576 characters only so many are read and searched.');
    const found = await read({ search: 'needle' });
    expect(found.data['items']).toMatchObject([
      { line: 2, text: 'second needle' },
      { line: 3, text: expect.stringMatching(/^…y+ needle z/) },
    ]);
  });

  it('refuses what is of tables, and bytes that are no text', async () => {
    const { read } = await withFile('a.txt', 'one\n');
    expect((await read({ columns: ['a'] })).text).toMatch(/^bad_arguments: a\.txt is no table.*\nNext: Read its lines/);
    const binary = await withFile('a.bin', Buffer.from([1, 0, 2, 0, 0]));
    expect((await binary.read()).text).toMatch(
      /^bad_arguments: a\.bin \(application\/octet-stream\) is no text and no picture\./,
    );
  });
});

it('a stored table can be read as it arrived', async () => {
  const { read } = await withFile('a.csv', '# laboratory 12\nhole;au\nQ1;0,5\n');
  expect((await read()).data['items']).toEqual([{ hole: 'Q1', au: 0.5 }]);
  expect((await read({ from_line: 1 })).text).toContain('1: # laboratory 12\n2: hole;au\n3: Q1;0,5');
  expect((await read({ search: 'q1', columns: ['au'] })).isError).toBe(true);
});

it('a stored picture is shown', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const { read, uri } = await withFile('core.png', png);
  const { raw, data } = await read();
  expect(raw.content).toEqual([
    { type: 'text', text: `core.png (${uri}), 70 bytes.` },
    { type: 'image', data: png.toString('base64'), mimeType: 'image/png' },
  ]);
  expect(data).toMatchObject({ items: [], picture: { uri, media_type: 'image/png' } });
});
