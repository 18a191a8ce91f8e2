import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { done, required, text } from '../arguments.ts';

export const syncService = operation({
  name: 'dx_sync_service',
  route: 'POST /services.sync',
  risk: 'edits',
  idempotent: true,
  summary: 'Name a service and the team that owns it. Older than the catalogue: prefer dx_upsert_entity.',
  api: 'data_cloud',
  input: z.strictObject({
    reference_id: required('Your key of the service'),
    name: required('Name'),
    dx_team_id: text('Id of the owning team'),
  }),
  ...done,
  example: { arguments: { reference_id: 'booking-api', name: 'Booking API' } },
});
