import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { required } from '../arguments.ts';
import { studioRows } from '../studio.ts';
import { web } from '../web.ts';

export const getIncident = operation({
  ...web('datacloud:query'),
  name: 'dx_get_incident',
  route: 'POST /studio.queryRuns.execute',
  risk: 'reads',
  summary: 'Show an incident by its reference_id, with the services it hit, as the Data Studio has it.',
  words: 'outage when did it start, is it resolved',
  input: z.strictObject({ reference_id: required('Your key').meta({ in: 'local' }) }),
  output: z.looseObject({ source_id: z.string(), started_at: z.string().nullish() }),
  resource: { uri: 'dx://incidents/{reference_id}', title: 'A DX incident' },
  example: { arguments: { reference_id: 'INC-42' } },
  async send({ reference_id }, context) {
    const found = await incidentNow(reference_id, context);
    if (!found) throw noIncident(reference_id, 'dx_run_query lists them: SELECT source_id, name FROM incidents.');
    return found as { source_id: string };
  },
});

/** Undefined: DX knows no incident by this key, or not yet. */
export async function incidentNow(reference_id: string, context: OperationContext): Promise<Row | undefined> {
  const rows = await studioRows(incidentSql, { reference: reference_id }, context);
  const [first] = rows;
  if (!first) return undefined;
  const { service: _, ...incident } = first;
  return { ...incident, services: rows.flatMap(({ service }) => (service == null ? [] : [service])) };
}

// https://docs.getdx.com/schema/incidents/: source_id is the key that it was recorded by.
const incidentSql =
  'SELECT i.source_id, i.name, i.priority, i.source, i.source_url, i.started_at, i.resolved_at, s.identifier AS service ' +
  'FROM incidents i LEFT JOIN incident_services s ON s.incident_id = i.id ' +
  'WHERE i.source_id = $reference ORDER BY i.id DESC, s.identifier';

export const noIncident = (reference_id: string, hint: string) =>
  new Fault({ code: 'not_found', message: `DX knows no incident "${reference_id}".`, hint });
