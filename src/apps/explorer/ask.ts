import type { ViewedRows } from '../../answers/view.ts';
import { button, el } from '../core/dom.ts';
import { entry } from '../core/page.ts';
import { count, countOf } from '../core/words.ts';
import { conditionWords } from './filters.ts';
import type { Rows } from './rows.ts';

/** The rows in view, so that a model finds the very same: in words, and as the call that reads them. */
export function wordsOf(
  { uri, name, rows: all }: ViewedRows['result'],
  { where, sort, matched }: Rows,
  some: { offset?: number; limit?: number },
): string {
  const filter = where.length > 0 ? ` where ${where.map(conditionWords).join(' and ')}` : '';
  const keys = sort.map(({ column, order }) => `${column}${order === 'desc' ? ' from high to low' : ''}`);
  const order = keys.length > 0 ? `, sorted by ${keys.join(', ')}` : '';
  const { offset = 0, limit } = some;
  const part = limit === undefined ? '' : `, of these rows ${count(offset + 1)} to ${count(offset + limit)}`;
  const given = { ...(where.length > 0 ? { where } : {}), ...(sort.length > 0 ? { sort } : {}), ...some };
  const call = `read_result ${JSON.stringify({ result: uri, ...given })}`;
  const extent = `${count(matched)} of ${countOf(all, 'row')}`;
  return `Meant are the rows of ${name} (${uri})${filter}${order}: ${extent}${part}. They are read with ${call}.`;
}

/** One line for the question; what is meant goes along with it. */
export function askForm(meant: string, send: (text: string) => Promise<void>, close: () => void): HTMLElement {
  const placeholder = 'What do you want to know about these rows?';
  const question = el('input', { 'aria-label': 'Question', placeholder });
  const problem = el('span', { role: 'alert', class: 'problem' });
  const submit = () => {
    if (question.value.trim() === '') return question.focus();
    send(`${question.value.trim()}\n\n${meant}`).then(close, () => {
      problem.textContent = 'The client did not take the question.';
    });
  };
  return el('div', {}, entry('Ask', submit, { class: 'main' }, question, button('Cancel', close)), problem);
}
