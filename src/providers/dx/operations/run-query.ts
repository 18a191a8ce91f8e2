import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { operation } from '../../../operations/operation.ts';
import { payload } from '../arguments.ts';
import { isOneSelect } from '../sql.ts';
import { web } from '../web.ts';
import { queryRun, variables, withoutDollar } from './queries.ts';

export const runQuery = operation({
  ...web('datacloud:query'),
  name: 'dx_run_query',
  route: 'POST /studio.queryRuns.execute',
  // The platform takes nothing that changes data, so that it may be sent twice, and by a server that only reads.
  risk: 'reads',
  summary:
    "Run one PostgreSQL SELECT over all of DX's data (Data Studio: deployments, lead times, incidents, teams ...), wait for " +
    'it, and answer a table of any length.',
  words:
    'sql, DORA metrics, deployment frequency, lead time, change failure rate, AI tool adoption usage per team, pull request throughput cycle time, engineering metrics, production readiness of all services, mean time to restore MTTR',
  input: z.strictObject({
    sql: z.string().refine(isOneSelect, 'must be one SELECT: nothing else is taken').describe('One SELECT'),
    variables: variables.meta({ encode: withoutDollar }),
  }),
  output: z.looseObject({ id: z.string() }),
  repair: body => ({ id: (payload('query_run')(body) as Row | undefined)?.['id'] }),
  starts: { run: queryRun, variables: ({ id }) => ({ query_run: id }) },
  example: { arguments: { sql: 'SELECT service, count(*) AS deployments FROM deployments GROUP BY service' } },
});
