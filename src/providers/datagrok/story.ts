import { type Assistant, expect } from '../story.ts';

const data = 'RQD of Copperhead North';
const group = 'Geology';
/** A result of an earlier chapter, where its optional parts are installed. */
const joined = 'RQD and rock types of Copperhead North';

/** A table crosses from one platform to another, and is shown to people there. No row of it is read on the way. */
export async function story(assistant: Assistant): Promise<void> {
  const source = assistant.handles.get(data);
  expect(source !== undefined, `nobody has fetched the ${data}`);
  assistant.person(
    'Geologist',
    'Take that Datarock export, put it on Datagrok, make a dashboard, share it with the geology group.',
  );
  assistant.says('The export is stored here already. I hand its handle on; the rows go straight to Datagrok.');
  const order = { table: 'CopperheadNorth:RQD', source };
  const { data: table } = await assistant.ask('datagrok_upload_table', order);
  expect(table['grok_name'] === 'MaraOkafor:CopperheadNorth:RQD', 'the table has another name');

  const { data: dashboard } = await assistant.ask('datagrok_create_dashboard', {
    name: 'CopperheadRockQuality',
    tables: [table['id']],
  });
  expect(String(dashboard['url']).endsWith('/p/MaraOkafor.CopperheadRockQuality'), 'the dashboard has no address');

  assistant.says('Others will see it, so the server asks before it shares.');
  const { data: shared } = await assistant.ask('datagrok_share_dashboard', {
    dashboard: dashboard['id'],
    groups: [group],
  });
  expect(shared['status'] === 'success', 'it was not shared');

  const { data: back } = await assistant.check('datagrok_download_table', { table: table['id'] });
  const { data: sent } = await assistant.check('read_result', { result: source, limit: 1 });
  const { total } = sent['page'] as { total: number };
  expect((back['result'] as { rows: number }).rows === total, `Datagrok has not all ${total} rows`);
  const both = assistant.handles.get(joined);
  if (both) {
    assistant.says('The joined table of the strip log goes there too.');
    await assistant.ask('datagrok_upload_table', { table: 'CopperheadNorth:RockQuality', source: both });
  }
  assistant.says(`Done: ${total} rows are on Datagrok, and ${group} can open ${String(dashboard['url'])}.`);
}
