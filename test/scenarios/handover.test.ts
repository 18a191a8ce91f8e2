import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

it('takes an export of Datarock to Datagrok, makes a dashboard and shares it, in six calls and without a row', async () => {
  const { attempt, spent } = await startAssistant({ era: 'legacy' });
  let read = '';
  async function ask(name: string, given: Row) {
    const answer = await attempt(name, given);
    read += answer.text;
    return answer;
  }

  // The export is there from an earlier conversation, which may have looked at it several times.
  const order = { project: 'Copperhead North', artefact: 'Fracture Frequency', holes: 'all' };
  let exported = await ask('datarock_create_export', order);
  while (exported.data['result'] === undefined)
    exported = await ask('wait_for_run', { run: (exported.data['run'] as { uri: string }).uri });
  const { uri: source, rows, sample } = exported.data['result'] as { uri: string; rows: number; sample: Row[] };
  expect(rows).toBeGreaterThan(5_000);
  // Its last answer is what a model has before it, and counts.
  Object.assign(spent, { calls: 1, tokens: countTokens(exported.text) });
  read = exported.text;

  const { data: table } = await ask('datagrok_upload_table', { table: 'CopperheadNorth:Fractures', source });
  expect(table['grok_name']).toBe('MaraOkafor:CopperheadNorth:Fractures');
  const { data: dashboard } = await ask('datagrok_create_dashboard', { name: 'Fractures', tables: [table['id']] });
  expect(dashboard['url']).toMatch(/\/p\/MaraOkafor\.Fractures$/);
  const sharing = { dashboard: dashboard['id'], groups: ['Geology'] };
  const asked = await ask('datagrok_share_dashboard', sharing);
  expect(asked.text).toMatch(/^needs_confirmation: .*"groups":\["Geology"\],"access":"View"/);
  const confirm = /confirm: "([^"]+)"/.exec(asked.text)?.[1];
  expect((await ask('datagrok_share_dashboard', { ...sharing, confirm })).data).toMatchObject({ status: 'success' });

  expect(spent.calls).toBeLessThanOrEqual(6);
  expect(spent.tokens).toBeLessThanOrEqual(3_000);
  // All that was read of the data is the sample of three rows that tells what the columns hold.
  const told = sample.map(row => Object.values(row).slice(0, 3).join(','));
  expect(read.split('\n').filter(line => /^DDH\d+,/.test(line))).toHaveLength(told.length);
  const back = await ask('datagrok_download_table', { table: table['id'] });
  expect(back.data['result']).toMatchObject({ rows });
});
