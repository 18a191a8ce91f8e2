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
  filter: z.strictObject({ op: z.enum(['=', '<']) }).optional(),
  note: z.string().nullable().optional(),
  conditions: z.array(z.strictObject({ op: z.enum(['=', 'IN']), of: z.array(z.string()), at: z.number() })).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  json: z.union([z.looseObject({}), z.array(z.unknown())]).optional(),
  format: z.enum(['csv', 'Parquet']).optional(),
  id: z.string().regex(/^\d+$/).describe('Number of the job').optional(),
});
const published = jsonSchema(schema, 'input');
const parse = (given: unknown) => parseArguments('some_tool', { schema, published }, given);

describe('gentle arguments', () => {
  it.each([
    ['nothing at all', undefined, {}],
    ['an object in a string', '{"count": 3}', { count: 3 }],
    ['a number in a string', { count: '3' }, { count: 3 }],
    ['a truth value in a string', { deep: 'True' }, { deep: true }],
    ['a list in a string', { holes: '["A", "B"]' }, { holes: ['A', 'B'] }],
    ['a list with commas', { tags: 'a, b,' }, { tags: ['a', 'b'] }],
    ['an empty text for an empty list', { tags: '' }, { tags: [] }],
    ['a list with commas beside a fixed word', { holes: 'A,B' }, { holes: ['A', 'B'] }],
    ['the fixed word', { holes: 'all' }, { holes: 'all' }],
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
    ['null where null means something', { note: null }, { note: null }],
    ['a pasted address', { project: 'https://example.com/projects/p1/holes?x=1' }, { project: 'p1' }],
    ['an address of something else', { project: 'https://example.com/x' }, { project: 'https://example.com/x' }],
    ['a number where text is meant', { note: '42' }, { note: '42' }],
    ['a bare number for an id that is text', { note: 42 }, { note: '42' }],
  ])('take %s', (_, given, expected) => {
    expect(parse(given)).toEqual(expected);
  });

  it.each([
    ['an unknown name', { hole: ['A'] }, /no argument "hole"/, /Did you mean "holes"/],
    ['a name that every object has', { constructor: 1 }, /no argument "constructor"/, /It takes: project/],
    ['the name of what objects inherit from', '{"__proto__": {}}', /no argument "__proto__"/, /It takes: project/],
    ['a list for an object', [1], /must be an object/, /It takes: project/],
    ['what no reading makes right', { count: 'many' }, /count: must be a number\./, /count \(optional\)/],
    ['an unknown name that holds a known one', { project_tags: 'a' }, /no argument/, /^It takes/],
    ['an unknown name within a known one', { condition: 1 }, /no argument/, /Did you mean "conditions"/],
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
  const input = { schema: needed, published: jsonSchema(needed, 'input') };
  expect(() => parseArguments('some_tool', input, {})).toThrow(
    'Arguments of some_tool: "project" is missing (Project UUID, or its name); "mode" is missing (a, b).',
  );
});
