import * as z from 'zod';
import { askAgainArgument, tokenArgument } from '../calls/tool-input.ts';
import { general } from './general-tool.ts';

const step = z.strictObject({
  name: z.string(),
  operation: z.string(),
  arguments: z.record(z.string(), z.unknown()).optional(),
});

export const runChainTool = general({
  name: 'run_chain',
  title: 'Run a chain',
  description: 'Run calls that were saved as a chain. Goes on where an earlier run of it stopped.',
  input: z.strictObject({
    chain: z.string().meta({ longest: 200_000 }).describe('Name, or chain:// URI'),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    dry_run: z.boolean().optional().describe('Only show the calls'),
    again: z.boolean().optional().describe('From the beginning'),
    confirm: tokenArgument(),
    ask_again: askAgainArgument(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  needs: 'changing operations',
  async call({ chain, parameters, dry_run, ...others }, shared, call) {
    const request = { chain, ...(parameters ? { parameters } : {}), dryRun: dry_run === true, ...others };
    return shared.chains.run(request, call);
  },
});

export const saveChainTool = general({
  name: 'save_chain',
  title: 'Save calls as a chain',
  description: 'Save the calls made here since a moment (at most an hour ago) to be run again, without secrets.',
  input: z.strictObject({
    name: z.string().describe('Small letters, digits, hyphens'),
    title: z.string().optional(),
    description: z.string().optional().meta({ longest: 4_000 }),
    since: z.string().optional().describe('For example "20 min ago"'),
    steps: z.array(step).optional().meta({ longest: 'data' }).describe('In place of these calls'),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Values of the calls that can change, by name: {"since": "7 days ago"}'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  needs: 'changing operations',
  async call(request, shared) {
    return shared.chains.save(request);
  },
});
