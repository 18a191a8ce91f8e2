import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { createSearch } from '../../src/catalog/search.ts';
import { loadManifest } from '../../src/server/manifest.ts';
import { startWorld } from '../support/harness.ts';
import { fresh, informed, unseen, type Wish } from '../support/wishes.ts';

const { platforms, general, words } = await loadManifest();
const known = await words();
const records = Object.values(platforms).flatMap(({ operations }) => operations);
const tools = general
  .filter(({ needs }) => !needs?.startsWith('unlisted'))
  .map(({ name, description }) => ({ name, summary: description, risk: 'reads' as const }));
const search = createSearch([...records, ...tools].map(one => ({ ...one, words: known[one.name] ?? '' })));
const find = (wish: string) => search(wish, () => true);

/** Part of the wishes that are answered within the first so many; what nothing here does is answered by nothing. */
function answered(wishes: readonly Wish[], within: number): number {
  const isRight = ({ words: wish, operations }: Wish) => {
    const found = find(wish);
    return operations.length ? found.slice(0, within).some(name => operations.includes(name)) : found.length === 0;
  };
  return wishes.filter(isRight).length / wishes.length;
}

describe('wishes in people’s words', () => {
  it.each([
    ['written before the records were seen', unseen],
    ['written by who knows them', informed],
  ])('are answered: %s', (_, wishes) => {
    for (const { operations } of wishes)
      for (const name of operations) expect([...records, ...tools].map(one => one.name)).toContain(name);
    expect(wishes.length).toBeGreaterThanOrEqual(60);
    expect(answered(wishes, 1)).toBeGreaterThanOrEqual(0.8);
    expect(answered(wishes, 3)).toBeGreaterThanOrEqual(0.95);
  });

  it('are answered as far as they can be when nobody tuned anything to them', () => {
    for (const { operations } of fresh)
      for (const name of operations) expect([...records, ...tools].map(one => one.name)).toContain(name);
    expect(fresh.length).toBeGreaterThanOrEqual(60);
    expect(answered(fresh, 1)).toBeGreaterThanOrEqual(0.55);
    expect(answered(fresh, 3)).toBeGreaterThanOrEqual(0.7);
  });

  it('are answered in at most 400 tokens, each operation with its line and its arguments', async () => {
    const { call } = await startWorld({ platforms: 'all' });
    for (const { words: query } of [...unseen, ...informed, ...fresh]) {
      const { text, data } = await call('find_operation', { query });
      expect(countTokens(text), query).toBeLessThanOrEqual(400);
      expect(text).not.toMatch(/evidence|inferred|observed/);
      const { operations = [], others = [] } = data as { operations?: Record<string, unknown>[]; others?: string[] };
      for (const one of operations)
        expect(one, query).toMatchObject({
          name: expect.any(String),
          summary: expect.any(String),
          run_with: expect.stringMatching(/^call_(read|write)_operation$/),
        });
      for (const line of others) expect(line, query).toMatch(/^\w+: \S.+/);
    }
  });
});

it('takes any word, and none', () => {
  expect(find('constructor __proto__ hasOwnProperty')).toEqual([]);
  expect(find('is it')).toEqual([]);
  expect(find('')).toEqual([]);
});

describe('find_operation', () => {
  it('says that something is not offered instead of offering something else', async () => {
    const { call } = await startWorld({ platforms: 'all' });
    for (const query of ['notifications', 'who is on call', 'create a new team', 'weather at the mine']) {
      const { text, data } = await call('find_operation', { query });
      expect(data['operations'], query).toEqual([]);
      expect(text, query).toContain('not offered here');
    }
  });

  it('says why it is not here where another server would have it', async () => {
    const { call } = await startWorld({ platforms: ['dataops', 'dx'], flags: { read_only: true } });
    expect((await call('find_operation', { query: 'delete a branch' })).text).toMatch(
      /dataops_delete_branch .*read-only/,
    );
    expect((await call('find_operation', { query: 'block a user account' })).text).toMatch(/Datagrok is not connected/);
  });

  it('names what is a tool of its own as such, and a name gives its arguments in full', async () => {
    const { call } = await startWorld({ platforms: 'all' });
    const { data } = await call('find_operation', { query: 'cancel a pipeline' });
    expect(data['tools']).toEqual([expect.stringMatching(/^dataops_cancel_pipeline: Cancel/)]);
    expect((await call('find_operation', { query: 'am I logged in everywhere' })).data['tools']).toContain(
      'check_connections',
    );
    const { operations } = (await call('find_operation', { query: 'dataops_create_mr_note' })).data as {
      operations: Record<string, unknown>[];
    };
    expect(operations).toMatchObject([
      {
        run_with: 'call_write_operation',
        required: ['project', 'merge_request', 'body'],
        arguments: { body: { type: 'string' } },
      },
    ]);
  });

  it('never offers the opposite of what is asked for', () => {
    const giving = /_(add|create|upsert|protect|approve|block|archive|play|run|start|allow)_/;
    const taking = /_(remove|delete|revoke|drop|unprotect|unapprove|unblock|unarchive|cancel|disallow)_/;
    for (const { name, summary } of records) {
      const verb = summary.split(' ', 1)[0] ?? '';
      const isGiving = giving.test(name) && /^(Add|Create|Protect|Approve|Allow|Archive|Block)$/.test(verb);
      const isTaking = taking.test(name) && /^(Delete|Remove|Revoke|Cancel)$/.test(verb);
      const found = isGiving || isTaking ? find(summary) : [];
      for (const other of found) {
        if (isGiving) expect(other, summary).not.toMatch(taking);
        if (isTaking) expect(other, summary).not.toMatch(/_(create|upsert|protect|approve|allow)_/);
      }
    }
  });

  it('never suggests the opposite for a name that does not exist', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const missing = ['dataops_remove_project_memberx', 'dataops_delete_mr_notes', 'dataops_create_branc'];
    const hints = await Promise.all(
      missing.map(
        async operation => (await call('call_write_operation', { operation })).text.split('Did you mean ')[1],
      ),
    );
    expect(hints[0] ?? '').not.toContain('_add_');
    expect(hints[1]).toBe('dataops_delete_mr_note?');
    expect(hints[2]).toBe('dataops_create_branch?');
  });
});
