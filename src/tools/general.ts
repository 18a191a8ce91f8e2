import * as z from 'zod';
import type { Connections } from '../connections.ts';
import { diagnose } from '../diagnose.ts';
import { Fault } from '../errors.ts';
import type { OperationFacts } from '../facts.ts';
import type { Call } from '../http/client.ts';
import { guessTokens } from '../results/shape.ts';
import { resumeRun } from '../runs/resume.ts';
import type { Answer } from './answer.ts';
import { callOperation, type Shared } from './call.ts';
import { defaultWaitSeconds, pageSchema, runAnswer, waitSeconds, withConnection } from './schema.ts';

/** A tool of the server itself, over all platforms. */
export interface GeneralTool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  output?: z.ZodObject;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
  /** False: there is nothing it could do here. */
  listed(shared: Shared): boolean;
  call(args: never, shared: Shared, call: Call): Promise<Answer>;
}

function general<Input extends z.ZodObject>(
  tool: Omit<GeneralTool, 'input' | 'call'> & {
    input: Input;
    call(args: z.output<Input>, shared: Shared, call: Call): Promise<Answer>;
  },
): GeneralTool {
  return tool as unknown as GeneralTool;
}

const reading = { readOnlyHint: true, destructiveHint: false, idempotentHint: true } as const;

const waitForRunTool = general({
  name: 'wait_for_run',
  title: 'Wait for a run',
  description: 'Wait for a long job by its run URI and get what it produced. Call again while the run is not final.',
  input: z.strictObject({ run: z.string().describe('run.uri of an earlier answer'), wait_seconds: waitSeconds }),
  output: runAnswer,
  annotations: { ...reading, openWorldHint: true },
  listed: ({ catalog }) => catalog.runs.length > 0,
  async call({ run: given, wait_seconds }, shared, call) {
    return resumeRun(shared, given, call, { waitSeconds: wait_seconds ?? defaultWaitSeconds });
  },
});

const condition = z.strictObject({
  column: z.string(),
  op: z.enum(['=', '!=', '<', '<=', '>', '>=', 'contains', 'in', 'is_null', 'not_null']),
  value: z.unknown().optional(),
});

const readResultTool = general({
  name: 'read_result',
  title: 'Read a stored result',
  description: 'Read rows of a stored table (result://...): some columns, from an offset, matching conditions.',
  input: z.strictObject({
    result: z.string().describe('result:// URI of an earlier answer'),
    offset: z.number().int().min(0).optional(),
    limit: z.number().int().min(1).max(1000).optional().describe('Default 50'),
    columns: z.array(z.string()).optional(),
    where: z.array(condition).optional().describe('All must hold'),
  }),
  output: z.looseObject({ items: z.array(z.looseObject({})), page: pageSchema }),
  annotations: { ...reading, openWorldHint: false },
  listed: () => true,
  call: async (args, shared) => readStored(args, shared),
});

interface ReadArguments {
  result: string;
  offset?: number | undefined;
  limit?: number | undefined;
  columns?: string[] | undefined;
  where?: z.output<typeof condition>[] | undefined;
}

async function readStored(
  { result: uri, offset = 0, limit = 50, columns, where }: ReadArguments,
  shared: Shared,
): Promise<Answer> {
  const result = await shared.results.get(uri);
  const query = { offset, limit, ...(columns ? { columns } : {}), ...(where ? { where: where as never } : {}) };
  const read = await shared.results.rows(result, query);
  const rows = read.rows.slice(0, fitting(read.rows, shared.answerTokens));
  const complete = read.complete && rows.length === read.rows.length;
  const total = where?.length ? (read.matched ?? null) : result.rows;
  const warnings = complete ? [] : [`More rows follow: repeat with offset ${offset + rows.length}.`];
  if (rows.length < read.rows.length)
    warnings.unshift(`Only ${rows.length} rows fit one answer; choose columns to see more at once.`);
  return {
    kind: 'rows',
    noun: where?.length ? 'matching rows' : 'rows',
    rows,
    page: { returned: rows.length, total, complete, next: null },
    continued: offset > 0,
    about: { result: result.name },
    warnings,
  };
}

/** How many of the rows one answer holds; at least one. */
function fitting(rows: readonly Record<string, unknown>[], tokens: number): number {
  let left = tokens;
  for (const [index, row] of rows.entries()) {
    left -= guessTokens(row);
    if (left < 0 && index > 0) return index;
  }
  return rows.length;
}

const checkConnectionsTool = general({
  name: 'check_connections',
  title: 'Check connections',
  description: 'Say which platforms are connected, whether their credentials work, and what is missing.',
  input: z.strictObject({}),
  output: z.looseObject({ connections: z.array(z.looseObject({ connection: z.string(), status: z.string() })) }),
  annotations: { ...reading, openWorldHint: true },
  listed: () => true,
  async call(_, shared, call) {
    const connections = await diagnose(shared, call);
    return { kind: 'value', value: { connections } };
  },
});

const findOperationTool = general({
  name: 'find_operation',
  title: 'Find an operation',
  description:
    'Search the operations that are not tools of their own. Gives name, purpose and arguments; run one with call_read_operation or call_write_operation.',
  input: z.strictObject({ query: z.string().describe('Words, for example "merge request comments"') }),
  output: z.looseObject({ operations: z.array(z.looseObject({ name: z.string() })) }),
  annotations: { ...reading, openWorldHint: false },
  listed: ({ catalog }) => catalog.unlisted.length > 0,
  async call({ query }, shared) {
    const found = shared.catalog.search(query);
    const operations = found.slice(0, 5).map(operation => describe(operation, shared.connections));
    const others = found.slice(5, 25).map(({ name }) => name);
    return { kind: 'value', value: { operations, ...(others.length ? { others } : {}) } };
  },
});

function describe(operation: OperationFacts, connections: Connections) {
  const schema = withConnection(operation.input, connections.of(operation.platform, operation.api));
  return {
    name: operation.name,
    summary: operation.summary,
    run_with: dispatcherOf(operation),
    arguments: schema['properties'],
    required: schema['required'] ?? [],
    ...(operation.evidence.level === 'documented' ? {} : { evidence: operation.evidence.level }),
  };
}

const dispatcherOf = ({ effect }: OperationFacts) =>
  effect === 'read' ? 'call_read_operation' : 'call_write_operation';

// Two dispatchers, so that a client that approves read-only tools by itself stays right.
const dispatcher = (name: string, reads: boolean) =>
  general({
    name,
    title: reads ? 'Call a reading operation' : 'Call a writing operation',
    description: `Run an operation that find_operation gave and that ${reads ? 'changes nothing' : 'changes something'}.`,
    input: z.strictObject({
      operation: z.string().describe('Its name'),
      arguments: z.record(z.string(), z.unknown()).optional().describe('Its arguments'),
    }),
    annotations: { readOnlyHint: reads, destructiveHint: !reads, idempotentHint: reads, openWorldHint: true },
    listed: ({ catalog }) => catalog.unlisted.some(({ effect }) => (effect === 'read') === reads),
    async call({ operation: wanted, arguments: given }, shared, call) {
      const operation = shared.catalog.get(wanted);
      if (dispatcherOf(operation) !== name)
        throw new Fault({
          code: 'bad_arguments',
          message: `${wanted} ${operation.effect === 'read' ? 'only reads' : 'changes something'}.`,
          hint: `Use ${dispatcherOf(operation)} for it.`,
        });
      return callOperation(shared, await shared.catalog.load(operation), given ?? {}, call);
    },
  });

export const generalTools: readonly GeneralTool[] = [
  waitForRunTool,
  readResultTool,
  checkConnectionsTool,
  findOperationTool,
  dispatcher('call_read_operation', true),
  dispatcher('call_write_operation', false),
];
