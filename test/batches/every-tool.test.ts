import type { Tool } from '@modelcontextprotocol/server';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/operations/json-schema.ts';
import { fieldMeta, isDestructive, isReading, listingReference } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;

const records = (await Promise.all(providers.map(({ load }) => load()))).flatMap(operationsOf);

async function everything() {
  const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
  const tools = new Map((await world.server.tools.list()).map(tool => [tool.name, tool]));
  return { ...world, tools };
}

const mark = /(?:; )?or many/;
const properties = ({ inputSchema }: Tool) => (inputSchema.properties ?? {}) as Record<string, Row>;
const tokens = (schema: unknown) => countTokens(JSON.stringify(schema));

/** The same tool as it would be if nothing took many. */
function without(tool: Tool, controls: readonly string[]): unknown {
  const own = Object.entries(properties(tool)).filter(([name]) => !controls.includes(name));
  const plain = own.map(([name, { description, ...property }]) => {
    const told = String(description ?? '').replace(mark, '');
    return [name, { ...property, ...(told === '' ? {} : { description: told }) }];
  });
  return { ...tool.inputSchema, properties: Object.fromEntries(plain) };
}

describe('of every tool', () => {
  it('an argument takes many exactly where its record says which listing its one text comes from', async () => {
    const { tools } = await everything();
    const wrong: string[] = [];
    for (const record of records) {
      const tool = tools.get(record.name) as Tool;
      const accepted = jsonSchema(record.input, 'input')['properties'] as Record<string, Row>;
      for (const [name, field] of Object.entries(record.input.shape)) {
        const { reference, foundIn } = fieldMeta(field);
        const isOneText = accepted[name]?.['type'] === 'string';
        const isMarked = mark.test(String(properties(tool)[name]?.['description'] ?? ''));
        if (isMarked && !(reference ?? foundIn)) wrong.push(`${record.name}.${name} takes many`);
        if (isOneText && (reference ?? foundIn) && !isMarked) wrong.push(`${record.name}.${name} takes one`);
        // Whatever names a listing names one that there is.
        if (reference ?? foundIn)
          expect(
            listingReference(field)?.list()?.paging ?? listingReference(field)?.list()?.configured,
            name,
          ).toBeTruthy();
      }
    }
    expect(wrong).toEqual([]);
  });

  it('it costs at most 15 tokens for each argument, and is one plain text', async () => {
    const { tools } = await everything();
    const costs: [number, string][] = [];
    for (const record of records) {
      const tool = tools.get(record.name) as Tool;
      const many = Object.entries(properties(tool)).filter(([, property]) =>
        mark.test(String(property['description'])),
      );
      if (many.length === 0) continue;
      for (const [name, property] of many) expect(property['type'], `${record.name}.${name}`).toBe('string');
      const controls = isReading(record) ? ['confirm_many'] : isDestructive(record) ? [] : ['confirm', 'ask_again'];
      const cost = tokens(tool.inputSchema) - tokens(without(tool, controls));
      costs.push([cost / many.length, record.name]);
    }
    expect(costs.length).toBeGreaterThan(100);
    const [most] = costs.toSorted(([a], [b]) => b - a);
    expect(most?.[0], most?.[1]).toBeLessThanOrEqual(15);
  });

  it('a list of two names is taken, and reaches the things or says that they are not there', async () => {
    // Names that nobody has: what is not taken as a list would be refused for its form.
    const { call, tools } = await everything();
    const refused: string[] = [];
    const tried = new Set<string>();
    for (const { name, example, input, risk, starts, collect } of records) {
      // What starts or fetches something takes its time, and is taken by the same code.
      if (starts ?? collect) continue;
      const many = Object.keys(properties(tools.get(name) as Tool)).filter(
        argument =>
          mark.test(String(properties(tools.get(name) as Tool)[argument]?.['description'])) &&
          Object.hasOwn(example.arguments, argument),
      );
      for (const argument of many) {
        // One of each kind: a reading and a change for each listing that names the things.
        const kind = `${listingReference(input.shape[argument])?.list().name} ${risk}`;
        if (tried.has(kind)) continue;
        tried.add(kind);
        const given = String(example.arguments[argument]);
        const { text } = await call(name, { ...example.arguments, [argument]: [given, `${given}0`] });
        if (/^internal|failed unexpectedly|must be text/.test(text)) refused.push(`${name}.${argument}: ${text}`);
      }
    }
    expect(refused).toEqual([]);
    expect(tried.size).toBeGreaterThan(50);
  }, 120_000);
});
