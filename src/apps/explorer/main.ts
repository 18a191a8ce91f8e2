import type { ViewedRows } from '../../answers/view.ts';
import type { ViewRowsInput } from '../../tools/results/view.ts';
import { el, show } from '../core/dom.ts';
import type { Host, ToolResult } from '../core/host.ts';
import { begin, type Page } from '../core/page.ts';
import type { Conditions, Sort } from './rows.ts';
import { showTable } from './table.ts';

/** What the call that is shown was given, and what it answered. */
type Input = Partial<Pick<ViewRowsInput, 'result' | 'where' | 'sort'>>;
interface Answer {
  result?: { uri: string; kind?: string };
}

void begin<Input, Answer>('explorer', (page, host) => {
  let input: Input = {};
  return {
    input: args => {
      input = args;
    },
    result: result => void open(page, host, input, result).catch(page.fail),
    cancelled: () => show(page.main, el('p', {}, 'The call was cancelled.')),
  };
});

async function open(page: Page, host: Host, input: Input, result: ToolResult<Answer>): Promise<void> {
  const text = (result.content ?? []).map(one => one.text ?? '').join('\n');
  const uri = result.structuredContent?.result?.uri ?? input.result;
  const words = el('pre', { tabindex: 0, 'aria-label': 'Answer' }, text);
  if (result.isError || uri === undefined) return show(page.main, words);
  const note = el('p', { class: 'note' }, 'This client lets a page ask for no rows: ask the assistant for more.');
  if (!host.can.call) return show(page.main, words, note);
  const asked = { result: uri, limit: 0, about: true } satisfies ViewRowsInput;
  // A file, or something that has gone: the words of the answer say so.
  const table = await host.call<ViewedRows>('view_rows', asked).catch(() => undefined);
  if (!table) return show(page.main, words);
  showTable(page, host, table, { where: asList<Conditions>(input.where), sort: asList<Sort>(input.sort) });
}

/** A client may hand on arguments as they came, which need not be lists. */
const asList = <List>(given: unknown): List => (Array.isArray(given) ? given : []) as List;
