import * as z from 'zod';
import { runAnswer } from '../answers/schema.ts';
import { addSqlCommand, findDuckdb } from '../base/duckdb.ts';
import { Fault } from '../base/errors.ts';
import { callOperation } from '../calls/call.ts';
import { diagnose } from '../calls/check-connections.ts';
import { resumeRun } from '../calls/resume-run.ts';
import { isBatchUri } from '../calls/services.ts';
import { defaultWaitSeconds, waitSeconds } from '../calls/tool-input.ts';
import { dispatcherFor } from '../catalog/catalog.ts';
import { isReading } from '../operations/operation.ts';
import { runChainTool, saveChainTool } from './chains.ts';
import { findOperationTool } from './find-operation.ts';
import { callForEachTool } from './for-each.ts';
import { type GeneralTool, general, reading } from './general-tool.ts';
import { chartResultTool } from './results/chart.ts';
import { describeResultTool } from './results/describe.ts';
import { exportResultTool } from './results/export.ts';
import { deleteResultTool, listResultsTool, pinResultTool } from './results/keep.ts';
import { queryResultTool } from './results/query.ts';
import { readResultTool } from './results/read.ts';
import { viewRowsTool } from './results/view.ts';
import { viewOverviewTool } from './view-overview.ts';
import { viewRunTool } from './view-run.ts';

const waitForRunTool = general({
  name: 'wait_for_run',
  title: 'Wait for a run',
  description: 'Wait for a long job by its run URI and get what it produced. Call again while the run is not final.',
  input: z.strictObject({
    run: z.string().describe('run.uri of an earlier answer'),
    wait_seconds: waitSeconds(),
    cancel: z.boolean().optional().describe('End a batch:// with what it has'),
  }),
  output: runAnswer,
  wants: { run: 'run' },
  annotations: { ...reading, openWorldHint: true },
  needs: 'runs',
  page: 'run',
  async call({ run: given, wait_seconds, cancel }, shared, call) {
    const waitSeconds = wait_seconds ?? defaultWaitSeconds;
    if (cancel && !isBatchUri(given)) throw noBatch(given);
    if (cancel) return shared.batches.cancel(given);
    if (isBatchUri(given)) return shared.batches.resume(given, waitSeconds, call);
    return resumeRun(shared, given, call, { waitSeconds });
  },
});

const noBatch = (run: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${run} is a run of a platform, which this cannot cancel.`,
    hint: 'Use the operation of the platform: find_operation finds it by "cancel".',
  });

const checkConnectionsTool = general({
  name: 'check_connections',
  title: 'Check connections',
  description: 'Say which platforms are connected, whether their credentials work, and what is missing.',
  input: z.strictObject({}),
  words: 'am I logged in everywhere, whose accounts are these, who am I, does my key work',
  output: z.looseObject({ connections: z.array(z.looseObject({ connection: z.string(), status: z.string() })) }),
  annotations: { ...reading, openWorldHint: true },
  page: 'overview',
  async call(_, shared, call) {
    const connections = await diagnose(shared, call);
    const hint = `SQL over stored results (query_result) needs DuckDB: run "${addSqlCommand}" once.`;
    return { kind: 'value', value: { connections, ...((await findDuckdb()) ? {} : { missing: { sql: hint } }) } };
  },
});

// Two dispatchers, so that a client that approves read-only tools by itself stays right.
const dispatcher = (name: string, reads: boolean) =>
  general({
    name,
    title: reads ? 'Call a reading operation' : 'Call a writing operation',
    description: `Run an operation that find_operation gave and that ${reads ? 'changes nothing' : 'changes something'}.`,
    input: z.strictObject({
      operation: z.string().describe('Its name'),
      arguments: z.record(z.string(), z.unknown()).optional().describe('Its arguments').meta({ longest: 'data' }),
    }),
    annotations: { readOnlyHint: reads, destructiveHint: !reads, idempotentHint: reads, openWorldHint: true },
    needs: reads ? 'unlisted reading' : 'unlisted writing',
    async call({ operation: wanted, arguments: given }, shared, call) {
      const operation = shared.catalog.get(wanted);
      if (dispatcherFor(operation) !== name)
        throw new Fault({
          code: 'bad_arguments',
          message: `${wanted} ${isReading(operation) ? 'only reads' : 'changes something'}.`,
          hint: `Use ${dispatcherFor(operation)} for it.`,
        });
      return callOperation(shared, await shared.catalog.load(operation), given ?? {}, call);
    },
  });

export const generalTools: readonly GeneralTool[] = [
  waitForRunTool,
  readResultTool,
  describeResultTool,
  queryResultTool,
  chartResultTool,
  exportResultTool,
  listResultsTool,
  pinResultTool,
  deleteResultTool,
  checkConnectionsTool,
  findOperationTool,
  dispatcher('call_read_operation', true),
  dispatcher('call_write_operation', false),
  callForEachTool,
  runChainTool,
  saveChainTool,
  viewRowsTool,
  viewRunTool,
  viewOverviewTool,
];
