import type * as z from 'zod';
import { isRow, type Row } from '../../base/json-value.ts';
import { isWithinTokens } from '../../base/text.ts';
import type { Operation, OperationContext } from '../../operations/operation.ts';
import type { StoredResult } from '../../results/result.ts';
import { storedFacts } from '../../results/stored-facts.ts';
import type { Content } from '../../results/tables/recognise.ts';
import type { parameter } from './operations/functions.ts';

interface Origin {
  operation: Operation;
  args: Row & { function: string };
  context: OperationContext;
}

/** Tokens of an output that is shown; a larger one is stored. */
const mostTokens = 2_000;

/** One output is the bare value, several are a list or an object of them: nobody documents which. */
export async function shownOutput(body: unknown, outputs: readonly Parameter[], origin: Origin): Promise<Row> {
  const only = outputs.length === 1 ? outputs[0] : undefined;
  if (outputs.length < 2) return { value: await shown(body, only, origin) };
  const values = Array.isArray(body) ? body : outputs.map(({ name }) => (body as Row | null)?.[name]);
  const entries: [string, unknown][] = [];
  for (const [index, output] of outputs.entries())
    entries.push([output.name, await shown(values[index] ?? null, output, origin)]);
  return { outputs: Object.fromEntries(entries) };
}

async function shown(value: unknown, output: Parameter | undefined, origin: Origin): Promise<unknown> {
  const content = tableIn(value, output?.propertyType);
  if (!content && isWithinTokens(value, mostTokens)) return value;
  return storedFacts(await store(content ?? textOf(value), output, origin));
}

/** Rows, or the CSV that a dataframe comes as; small lists of objects are no tables unless they are declared so. */
function tableIn(value: unknown, type: string | null | undefined): (Content & { mediaType: string }) | undefined {
  if (typeof value === 'string' && type === 'dataframe') return { mediaType: 'text/csv', bytes: piece(value) };
  const isRows = Array.isArray(value) && value.length > 0 && value.every(isRow);
  if (!isRows || (type !== 'dataframe' && isWithinTokens(value, mostTokens))) return undefined;
  return { mediaType: 'application/x-ndjson', rows: value };
}

const textOf = (value: unknown) =>
  typeof value === 'string'
    ? { mediaType: 'text/plain', bytes: piece(value) }
    : { mediaType: 'application/json', bytes: piece(JSON.stringify(value)), asIs: true as const };

async function* piece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function store(
  { mediaType, ...content }: Content & { mediaType: string },
  output: Parameter | undefined,
  { operation, args, context }: Origin,
): Promise<StoredResult> {
  const name = `${output?.name ?? 'output'} of ${args.function}`;
  return context.store({ operation, arguments: args, name, mediaType }, content as Content);
}

export type Parameter = z.output<typeof parameter>;
