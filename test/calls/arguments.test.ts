import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseArguments } from '../../src/calls/arguments.ts';
import { jsonSchema } from '../../src/operations/json-schema.ts';

const schema = z.strictObject({
  project: z
    .string()
    .meta({ fromUri: (uri: string) => /projects\/(\w+)/.exec(uri)?.[1] })
    .optional(),
  count: z.number().int().optional(),
  holes: z.union([z.literal('all'), z.array(z.string())]).optional(),
  tags: z.array(z.string()).optional(),
  deep: z.boolean().optional(),
  filter: z.strictObject({ op: z.enum(['=', '<']), not: z.boolean().optional() }).optional(),
  note: z.string().nullable().optional(),
  conditions: z.array(z.strictObject({ op: z.enum(['=', 'IN']), of: z.array(z.string()), at: z.number() })).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  json: z.union([z.looseObject({}), z.array(z.unknown())]).optional(),
  several: z.union([z.string(), z.array(z.string())]).optional(),
  anything: z.unknown().optional(),
  format: z.enum(['csv', 'Parquet']).optional(),
  id: z.string().regex(/^\d+$/).describe('Number of the job').optional(),
});
const accepted = jsonSchema(schema, 'input');
const parse = (given: unknown) => parseArguments('some_tool', { schema, accepted, risk: 'reads' }, given).values;

describe('gentle arguments', () => {
  it.each([
    ['nothing at all', undefined, {}],
    ['an object in a string', '{"count": 3}', { count: 3 }],
    ['a number in a string', { count: '3' }, { count: 3 }],
    ['a truth value in a string', { deep: 'True' }, { deep: true }],
    ['a list in a string', { holes: '["A", "B"]' }, { holes: ['A', 'B'] }],
    ['a list with commas', { tags: 'a, b,' }, { tags: ['a', 'b'] }],
    ['an empty text or list for nothing', { tags: '', count: '', format: '', holes: [], project: ' ' }, {}],
    ['a list with commas beside a fixed word', { holes: 'A,B' }, { holes: ['A', 'B'] }],
    ['the fixed word', { holes: 'all' }, { holes: 'all' }],
    ['the fixed word in other letters', { holes: 'ALL' }, { holes: 'all' }],
    ['the fixed word in a list', { holes: ['All'] }, { holes: 'all' }],
    ['one text where several would do', { several: 'A, B' }, { several: 'A, B' }],
    ['a list in a text where one would do', { several: '["A", "B"]' }, { several: ['A', 'B'] }],
    [
      'JSON in a text for anything',
      { anything: '{"a": [1, 9007199254740993]}' },
      { anything: { a: [1, '9007199254740993'] } },
    ],
    ['a text that is no JSON for anything', { anything: 'a, b' }, { anything: 'a, b' }],
    ['a line for each name of a map', { variables: 'A=1\nB=x=y' }, { variables: { A: '1', B: 'x=y' } }],
    ['one value for a list', { tags: 7 }, { tags: ['7'] }],
    [
      'one object for a list, and what is inside',
      { conditions: { op: 'in', of: 'A,B', at: '1.5' } },
      { conditions: [{ op: 'IN', of: ['A', 'B'], at: 1.5 }] },
    ],
    [
      'one object in a string for a list',
      { conditions: '{"op": "=", "of": ["A"], "at": 1}' },
      { conditions: [{ op: '=', of: ['A'], at: 1 }] },
    ],
    [
      'figures and truth values for texts in a map',
      { variables: { A: 1, B: true } },
      { variables: { A: '1', B: 'true' } },
    ],
    ['pairs for a map', { variables: [{ key: 'A', value: 1 }] }, { variables: { A: '1' } }],
    ['a fixed word in other letters', { format: 'PARQUET' }, { format: 'Parquet' }],
    ['an object argument in a string', { filter: '{"op": "<"}' }, { filter: { op: '<' } }],
    ['null for absent', { count: null, holes: null }, {}],
    ['null for absent, also where null means something', { note: null, conditions: null }, {}],
    ['null for absent within an object', { filter: { op: '=', not: null } }, { filter: { op: '=' } }],
    ['a pasted address', { project: 'https://example.com/projects/p1/holes?x=1' }, { project: 'p1' }],
    ['an address of something else', { project: 'https://example.com/x' }, { project: 'https://example.com/x' }],
    ['a number where text is meant', { note: '42' }, { note: '42' }],
    ['a bare number for an id that is text', { note: 42 }, { note: '42' }],
  ])('take %s', (_, given, expected) => {
    expect(parse(given)).toEqual(expected);
  });

  it.each([
    ['an unknown name', { hoels: ['A'] }, /no argument "hoels"/, /Did you mean "holes"/],
    ['a name that every object has', { constructor: 1 }, /no argument "constructor"/, /It takes: project/],
    ['the name of what objects inherit from', '{"__proto__": {}}', /no argument "__proto__"/, /It takes: project/],
    ['a list for an object', [1], /must be an object/, /It takes: project/],
    ['what no reading makes right', { count: 'many' }, /count: must be a number\./, /count \(optional\)/],
    ['an unknown name that holds a known one', { project_tags: 'a' }, /no argument/, /^It takes/],
    ['an unknown name within a known one', { condit: 1 }, /no argument/, /Did you mean "conditions"/],
    ['JSON that does not parse', { json: '{"a": ' }, /as JSON it does not parse/, /./],
    ['a text where JSON is meant', { json: 'a, b' }, /json: must be an object or a list/, /./],
    ['a figure where JSON is meant', { json: 1 }, /json: must be an object or a list/, /./],
    ['a name for a number', { id: 'build' }, /id must be: Number of the job/, /./],
    ['more than a pair for a map', { variables: [{ key: 'A', value: 1, type: 'file' }] }, /variables/, /./],
    ['a fraction for a whole number', { count: 1.5 }, /count: must be a whole number\./, /./],
    ['a nested unknown name', { filter: { op: '=', extra: 1 } }, /extra/, /./],
  ])('refuse %s, with what to do', (_, given, message, hint) => {
    let thrown: unknown;
    try {
      parse(given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'bad_arguments',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});

it('says what an argument is that is missing', () => {
  const needed = z.strictObject({
    project: z.string().describe('Project UUID, or its name'),
    mode: z.enum(['a', 'b']),
  });
  const input = { schema: needed, accepted: jsonSchema(needed, 'input'), risk: 'reads' } as const;
  expect(() => parseArguments('some_tool', input, {})).toThrow(
    'Arguments of some_tool: "project" is missing (Project UUID, or its name); "mode" is missing (a, b).',
  );
});

describe('other names and words', () => {
  const listing = z.strictObject({
    project: z
      .string()
      .min(1)
      .meta({ also: ['site'] }),
    ref: z.string().optional(),
    search: z.string().optional(),
    status: z.enum(['failed', 'success', 'running']).optional(),
    lines: z.number().max(500).optional(),
    limit: z.union([z.number().int().min(1), z.literal('all')]).optional(),
    cursor: z.string().optional(),
  });
  const accepted = jsonSchema(listing, 'input');
  const parsed = (risk: 'reads' | 'edits', given: unknown) =>
    parseArguments('some_tool', { schema: listing, accepted, risk }, given);

  it.each([
    ['a synonym', { repo: 'a' }, { project: 'a' }],
    ['a synonym of the record', { site: 'a' }, { project: 'a' }],
    ['another way to write the name', { Project: 'a' }, { project: 'a' }],
    ['its id', { projectId: 7 }, { project: '7' }],
    ['branch', { project: 'a', branch: 'main' }, { project: 'a', ref: 'main' }],
    ['query', { project: 'a', query: 'x' }, { project: 'a', search: 'x' }],
    ['tail', { project: 'a', tail: '20' }, { project: 'a', lines: 20 }],
    ['per_page, on the first page', { project: 'a', page: 1, per_page: 5 }, { project: 'a', limit: 5 }],
    ['state, and a word like it', { project: 'a', state: 'failure' }, { project: 'a', status: 'failed' }],
  ])('a reading takes %s', (_, given, values) => {
    expect(parsed('reads', given).values).toEqual(values);
  });

  it('a reading takes the largest number there is, and says so', () => {
    expect(parsed('reads', { project: 'a', lines: 5000 })).toEqual({
      values: { project: 'a', lines: 500 },
      notes: ['lines 5000 is more than there can be: it was taken as 500.'],
    });
    expect(() => parsed('edits', { project: 'a', lines: 5000 })).toThrow('lines: must be at most 500');
  });

  it('a change takes none, and names the right one', () => {
    expect(() => parsed('edits', { repo: 'a' })).toThrow(
      'some_tool has no argument "repo"; here it is called "project".',
    );
    expect(() => parsed('edits', { project: 'a', status: 'failure' })).toThrow('status: must be one of');
  });

  it('takes no name for an argument that is given itself', () => {
    expect(() => parsed('reads', { project: 'a', ref: 'main', branch: 'dev' })).toThrow('no argument "branch"');
    expect(() => parsed('reads', { project: 'a', page: 2, cursor: 'c' })).toThrow('no argument "page"');
  });

  it('takes the one text of a reading that takes one text, whatever it is called', () => {
    const one = z.strictObject({ sql: z.string(), limit: z.number().optional() });
    const input = { schema: one, accepted: jsonSchema(one, 'input'), risk: 'reads' } as const;
    expect(parseArguments('some_tool', input, { command: 'SELECT 1' }).values).toEqual({ sql: 'SELECT 1' });
  });
});

describe('an empty text or list', () => {
  const change = z.strictObject({
    note: z.string().optional(),
    name: z.string().min(1).optional(),
    until: z
      .union([z.string().min(1), z.number()])
      .nullable()
      .optional(),
    tags: z.array(z.string()).optional(),
    count: z.number().optional(),
  });
  const parsed = (risk: 'adds' | 'edits' | 'deletes', given: unknown) =>
    parseArguments('some_tool', { schema: change, accepted: jsonSchema(change, 'input'), risk }, given).values;

  it('empties what can be empty in a change', () => {
    expect(parsed('edits', { note: '', until: '', tags: [] })).toEqual({ note: '', until: null, tags: [] });
  });

  it('is refused where it cannot be, because nobody knows what was meant', () => {
    for (const risk of ['edits', 'deletes'] as const) {
      expect(() => parsed(risk, { name: '' })).toThrow('name: must not be empty');
      expect(() => parsed(risk, { count: '' })).toThrow('count: must be a number');
    }
  });

  it('is nothing where something is made', () => {
    expect(parsed('adds', { name: '', count: '' })).toEqual({});
  });
});
