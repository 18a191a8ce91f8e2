import { describe, expect, it } from 'vitest';
import {
  fieldMeta,
  isDestructive,
  type Operation,
  platformOf,
  type Risk,
  routeOf,
} from '../../src/operations/operation.ts';
import { type Endpoint, endpointOf } from '../../src/providers/contract.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { readContract } from '../../src/server/manifest.ts';

interface Described extends Endpoint {
  /** What it does, where the vendor's own page says so. */
  kind?: 'read' | 'write' | 'destructive';
}

const contracts = new Map<string, { endpoints: readonly Described[] }>();
for (const { name } of providers) contracts.set(name, await readContract(name));
const operations = (await Promise.all(providers.map(({ load }) => load()))).flatMap(operationsOf);

/** What a request may do, told by its verb alone. */
const byMethod: Readonly<Record<string, readonly Risk[]>> = {
  '': ['reads'],
  GET: ['reads'],
  HEAD: ['reads'],
  DELETE: ['deletes'],
  PUT: ['edits', 'replaces', 'exposes'],
  PATCH: ['edits', 'replaces', 'exposes'],
  POST: ['adds', 'edits', 'starts', 'replaces', 'deletes', 'exposes', 'interrupts'],
};

/** What its name says besides. The first that fits counts. */
const byName: readonly (readonly [RegExp, readonly Risk[]])[] = [
  [/_(delete|remove|erase|revoke|disallow|unprotect)_/, ['deletes']],
  [/_(cancel|stop|archive|block)_/, ['interrupts']],
  [/_(share|approve|allow|rotate|unblock)_|_add_\w*member$|_create_\w*(token|trigger)$/, ['exposes']],
  [/_(set|save|update|upsert|upload|sync|change|process)_/, ['edits', 'replaces']],
  [/^[a-z]+_(run|retry|play|trigger|call)_/, ['starts']],
  [/_(add|create|fork|push|track|post|protect|request|cherry|revert)_/, ['adds']],
];

/** Where a record says something else than its verb, its name or the vendor's page, and why. */
const exceptions: Readonly<Record<string, string>> = {
  datarock_create_export: 'An export is work that goes on, and makes nothing that stays.',
  dataops_create_commit: 'One of its actions may delete, move or replace a file.',
  dataops_lint_ci_text: 'A text goes in the body, and what is wrong with it comes back.',
  dataops_set_job_token_scope: 'It opens a project to tokens of other projects.',
  dataops_update_project_member: 'A higher role gives access.',
  dataops_update_group_member: 'A higher role gives access.',
  datagrok_create_dashboard: 'The server puts it in the place of one with the same name.',
  datagrok_share_dashboard: 'The vendor shares by GET.',
  datagrok_sync_folder: 'What the caller has goes in the body, and what differs comes back.',
  datagrok_run_batch: 'Any of its steps may delete something.',
  dx_get_incident: 'It asks the Data Studio by a statement that reads.',
  dx_run_query: 'The statement goes in the body; read-only, it has to be one that reads.',
  dx_upload_org_file: 'It is kept beside the others until somebody processes it.',
  dx_preview_team_hierarchy: 'A file goes in the body, and what it would change comes back.',
};

function doubtsAbout(operation: Operation): string[] {
  const { name, risk, input } = operation;
  const { kind } = endpointOf(contracts.get(platformOf(operation)) ?? { endpoints: [] }, operation) ?? {};
  const named = byName.find(([pattern]) => pattern.test(name))?.[1];
  const secrets = Object.values(input.shape).some(field => fieldMeta(field).secret);
  return [
    ...(byMethod[routeOf(operation).method]?.includes(risk) ? [] : [`${operation.route} ${risk}`]),
    ...(risk === 'reads' || named === undefined || named.includes(risk) ? [] : [`its name says ${named.join(' or ')}`]),
    ...(kind === 'read' && risk !== 'reads' ? ['the vendor calls it a reading'] : []),
    ...(kind !== undefined && kind !== 'read' && risk === 'reads' ? ['the vendor says that it writes'] : []),
    ...(kind === 'destructive' && !isDestructive(operation) ? ['the vendor says that it removes or replaces'] : []),
    ...(secrets && risk === 'edits' ? ['nobody can read the secret that was there'] : []),
  ];
}

describe('the risk of a record', () => {
  it.each(operations.map(one => [one.name, one] as const))('%s follows from its route', (name, operation) => {
    const doubts = doubtsAbout(operation);
    // An exception that is none any more goes.
    if (name in exceptions) expect(doubts).not.toEqual([]);
    else expect(doubts).toEqual([]);
  });

  it.each(operations.filter(isDestructive).map(one => [one.name, one] as const))(
    '%s is asked about in words for people',
    (_, { question = '', input, describeLoss }) => {
      expect(question).toMatch(/^[A-Z].*\?/);
      expect(question).not.toMatch(/\w+_\w+(?![\w}])/);
      for (const [, field = ''] of question.matchAll(/\{(\w+)\}/g)) {
        const isAlwaysGiven = Object.hasOwn(input.shape, field) && !input.shape[field]?.safeParse(undefined).success;
        // What can be left out, or is no argument, is named by whoever looks it up.
        expect(isAlwaysGiven || describeLoss !== undefined, field).toBe(true);
      }
    },
  );

  it('has no exception for what is not there', () => {
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(exceptions)));
  });
});
