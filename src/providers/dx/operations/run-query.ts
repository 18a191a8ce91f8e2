import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { payload } from '../arguments.ts';
import { whyNotReading } from '../sql/reading.ts';
import { web } from '../web.ts';
import { queryRun, variables, withoutDollar } from './queries.ts';

/** Characters of a statement: how long it takes to be read depends on them. Long lists go in `variables`. */
const longest = 20_000;

const noReading = (why: string, isReadOnly: boolean) =>
  new Fault({
    code: isReadOnly ? 'read_only' : 'bad_arguments',
    message: `The statement was not sent: ${why}.`,
    hint: 'Give one SELECT (WITH, VALUES, TABLE and EXPLAIN are taken too) that changes and locks nothing.',
  });

export const runQuery: Operation = operation({
  ...web('datacloud:query'),
  name: 'dx_run_query',
  route: 'POST /studio.queryRuns.execute',
  // Nothing that changes data is sent, so that it may be sent twice, and by a server that only reads.
  risk: 'reads',
  summary:
    "Run one PostgreSQL SELECT over all of DX's data (Data Studio: deployments, lead times, incidents, teams ...), wait for " +
    'it, and answer a table of any length.',
  words:
    'sql, DORA metrics, deployment frequency, lead time, change failure rate, AI tool adoption usage per team, pull request throughput cycle time, engineering metrics, production readiness of all services, mean time to restore MTTR',
  input: z.strictObject({
    sql: z.string().min(1).meta({ longest }).describe('One SELECT'),
    variables: variables.meta({ encode: withoutDollar }),
  }),
  output: z.looseObject({ id: z.string() }),
  async send(args, context) {
    const why = await whyNotReading(args.sql, { strict: context.connection.readOnly });
    if (why !== undefined) throw noReading(why, context.connection.readOnly);
    const { body } = await context.request(runQuery, args);
    return { id: (payload('query_run')(body) as Row | undefined)?.['id'] as string };
  },
  starts: { run: queryRun, variables: ({ id }) => ({ query_run: id }) },
  example: { arguments: { sql: 'SELECT service, count(*) AS deployments FROM deployments GROUP BY service' } },
});
