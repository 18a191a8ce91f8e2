import * as z from 'zod';
import { whole } from '../../http/paging/whole.ts';
import { type Operation, operation } from '../../operation.ts';
import { dataCloudMethod } from './arguments.ts';

const row = z.looseObject({ id: z.string(), reference: z.string(), key: z.string(), value: z.unknown() });

export const listCustomData = operation({
  name: 'dx_list_custom_data',
  route: 'GET /customData.getAllByReference',
  effect: 'read',
  summary: 'List all custom data about one thing, for example a repository.',
  toolset: 'custom-data',
  api: 'data_cloud',
  input: z.strictObject({ reference: z.string().min(1).describe('What it is about') }),
  output: row,
  paging: whole({ items: 'data' }),
  resource: { uri: 'dx://custom-data/{reference}', title: 'Custom data of DX about one thing' },
  evidence: dataCloudMethod('customData.getAllByReference'),
  example: { arguments: { reference: 'kestrel/booking-api' } },
});

export const customData: readonly Operation[] = [listCustomData];
