import * as z from 'zod';
import type { Answer } from '../answers/answer.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { tokensOfBytes } from '../base/text.ts';
import type { CallerServices } from '../calls/services.ts';
import { askingOf, listingControlNames, withConnection } from '../calls/tool-input.ts';
import { dispatcherFor } from '../catalog/catalog.ts';
import type { OperationManifest } from '../catalog/manifest.ts';
import { general, reading } from './general-tool.ts';

export const findOperationTool = general({
  name: 'find_operation',
  title: 'Find an operation',
  description:
    'Search the operations that are not tools of their own, in your words. Gives name, purpose and arguments (* required); a name gives its arguments in full. Run one with call_read_operation or call_write_operation.',
  input: z.strictObject({
    query: z.string().meta({ longest: 1_000 }).describe('Words, for example "comment on a merge request", or a name'),
  }),
  output: z.looseObject({ operations: z.array(z.looseObject({ name: z.string() })) }),
  annotations: { ...reading, openWorldHint: false },
  needs: 'unlisted',
  async call({ query }, shared, { person }) {
    const { catalog } = shared;
    const asks = person !== undefined;
    const exact = catalog.operations.find(({ name }) => name === query.trim());
    if (exact) return value({ operations: [await inFull(exact, shared, asks)] });
    const { operations, tools, withheld } = await catalog.search(query);
    if (operations.length + tools.length === 0) return value({ operations: [], hint: notOffered(query, withheld) });
    // What is asked for may be a tool of its own.
    const best = operations.slice(0, mostDescribed).filter(one => catalog.listed.includes(one));
    const unlisted = operations.filter(one => !catalog.listed.includes(one));
    return value(await fitted(unlisted, [...tools.slice(0, mostDescribed), ...best.map(lineOf)], shared, asks));
  },
});

const value = (answer: Row): Answer => ({ kind: 'value', value: answer });

/** Operations with their arguments; more of them by one line each. */
const mostDescribed = 3;
const mostNamed = 5;

/** Tokens of an answer, as they are guessed here: a little more than they are. */
const mostTokens = 420;

function notOffered(query: string, withheld: { message: string; hint: string } | undefined): string {
  if (withheld) return `Not offered here. ${withheld.message} ${withheld.hint}`;
  const shown = query.trim().length > 80 ? `${query.trim().slice(0, 80)}…` : query.trim();
  return `"${shown}" is not offered here. If it goes by another name, ask for the thing alone, for example "merge request".`;
}

/** What was found, with as much about each as there is room for: the arguments of the best come first. */
async function fitted(
  operations: readonly OperationManifest[],
  tools: readonly string[],
  shared: CallerServices,
  asks: boolean,
): Promise<Row> {
  const described = operations.slice(0, mostDescribed);
  const others = operations.slice(mostDescribed, mostDescribed + mostNamed);
  const lines = others.map(lineOf);
  const brief = await Promise.all(described.map(one => inBrief(one, shared, asks)));
  const best = described[0] && (await inBrief(described[0], shared, asks, true));
  const forms: Row[] = [
    answerOf(tools, [best, ...brief.slice(1)], lines),
    answerOf(tools, brief, lines),
    ...lines.map((_, at) => answerOf(tools, brief, lines.slice(0, lines.length - 1 - at))),
    answerOf(tools, brief.slice(0, 1), described.slice(1).map(lineOf)),
  ];
  return forms.find(one => tokensOfBytes(JSON.stringify(one).length) <= mostTokens) ?? (forms.at(-1) as Row);
}

const answerOf = (
  tools: readonly string[],
  operations: readonly (Row | undefined)[],
  others: readonly string[],
): Row => ({
  ...(tools.length ? { tools } : {}),
  operations: operations.filter(one => one !== undefined),
  ...(others.length ? { others } : {}),
});

const lineOf = ({ name, summary }: OperationManifest): string => `${name}: ${firstSentence(summary)}`;

/** The first sentence says what it does; the others say how. */
const firstSentence = (text: string): string => text.split(/(?<=[.:;]) /, 1)[0] ?? text;

async function schemaOf(operation: OperationManifest, { catalog, connections }: CallerServices, asks: boolean) {
  const { input } = await catalog.details(operation);
  return withConnection(askingOf(input, asks), connections.of(operation.platform, operation.api)) as Row;
}

/** What an answer asks for where it is needed. */
const unsaid: ReadonlySet<string> = new Set(['confirm_many']);

/** By names, `*` where it is required; `isBest`: what those are, too. */
async function inBrief(
  operation: OperationManifest,
  shared: CallerServices,
  asks: boolean,
  isBest = false,
): Promise<Row> {
  const { name, summary } = operation;
  const schema = await schemaOf(operation, shared, asks);
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Row>);
  const required = new Set([schema['required'] ?? []].flat());
  const own = properties.filter(([one]) => !unsaid.has(one) && !(operation.lists && listingControlNames.includes(one)));
  const described = own.map(([one, property]) => [required.has(one) ? `${one}*` : one, meaningOf(property)] as const);
  const args = isBest ? Object.fromEntries(described) : described.map(([one]) => one).join(', ');
  return {
    name,
    summary: isBest ? summary : firstSentence(summary),
    run_with: dispatcherFor(operation),
    arguments: own.length ? args : 'none',
  };
}

function meaningOf({ type, description, enum: words }: Row): string {
  const form = Array.isArray(words) ? words.join(' | ') : type === 'string' ? '' : String(type);
  return [form, description].filter(Boolean).join(': ');
}

/** All there is to know, as a tool of its own would tell it. */
async function inFull(operation: OperationManifest, shared: CallerServices, asks: boolean): Promise<Row> {
  const { name, summary } = operation;
  const { properties = {}, required = [] } = await schemaOf(operation, shared, asks);
  const isListed = shared.catalog.listed.includes(operation);
  const published = isRow(properties) ? properties : {};
  return { name, summary, ...(isListed ? {} : { run_with: dispatcherFor(operation) }), arguments: published, required };
}
