import * as z from 'zod';
import { id, sort } from '../arguments.ts';

/** A comment on a merge request or an issue; `system` ones tell what was done to it. */
export const note = z.looseObject({ id: z.number(), body: z.string(), system: z.boolean().nullish() });

export const noteId = id('Number of the comment', 'notes');
export const noteBody = z.string().min(1).describe('Markdown');

export const noteFilters = {
  activity_filter: z
    .enum(['all_notes', 'only_comments', 'only_activity'])
    .optional()
    .describe('Comments, or what was done to it (all_notes)'),
  order_by: z.enum(['created_at', 'updated_at']).optional().describe('Order (created_at)'),
  sort,
};
