import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { entity } from '../arguments.ts';
import { outcomeOf, shared, sharing } from './dashboards.ts';

export const shareEntity = operation({
  name: 'datagrok_share_entity',
  route: 'POST /public/v1/entities/{entity}/shares',
  risk: 'exposes',
  question: 'Share {entity} with {groups}?',
  summary: 'Share anything (table, function, connection, project) with groups or users. Undocumented.',
  words: 'give script query connection grant somebody read view edit access, let see use',
  input: z.strictObject({ entity: entity('UUID or Grok name'), ...sharing }),
  output: shared,
  repair: outcomeOf,
  example: { arguments: { entity: 'MaraOkafor:CopperheadNorth:Collars', groups: ['Data science'], access: 'Edit' } },
});
