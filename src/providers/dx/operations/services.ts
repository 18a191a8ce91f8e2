import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { done, required, text } from '../arguments.ts';

export const syncService = operation({
  name: 'dx_sync_service',
  route: 'POST /services.sync',
  risk: 'replaces',
  question: 'Make another team the owner of the service {name}?',
  describeLoss: async ({ dx_team_id: team }) =>
    team === undefined
      ? undefined
      : 'If DX knows the service, the team that owns it now is replaced; which one it does not tell here.',
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
