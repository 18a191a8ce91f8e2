import { button, el } from '../core/dom.ts';
import { entry } from '../core/page.ts';
import type { Columns, Conditions } from './rows.ts';

type Condition = Conditions[number];

const operations: [Condition['op'], string][] = [
  ['=', '='],
  ['!=', '≠'],
  ['<', '<'],
  ['<=', '≤'],
  ['>', '>'],
  ['>=', '≥'],
  ['contains', 'contains'],
  ['in', 'is one of'],
  ['is_null', 'is empty'],
  ['not_null', 'is not empty'],
];

/** `rqd_percent < 25`. */
export function conditionWords({ column, op, value }: Condition): string {
  const words = operations.find(([name]) => name === op)?.[1] ?? op;
  const given = Array.isArray(value) ? value.join(', ') : value;
  return `${column} ${words}${given === undefined ? '' : ` ${given}`}`;
}

/** The conditions that hold, each with a button that takes it away. */
export const chips = (where: Conditions, change: (left: Conditions) => void): HTMLElement[] =>
  where.map(condition => {
    const words = conditionWords(condition);
    const drop = () => change(where.filter(one => one !== condition));
    return el('span', { class: 'chip' }, words, button('✕', drop, { 'aria-label': `Remove ${words}` }));
  });

/** A line in which a condition is put together. */
export function filterForm(columns: Columns, add: (condition: Condition) => void) {
  const choices = columns.slice(0, 3_000).map(({ name }) => el('option', { value: name }));
  const column = el('input', { list: 'columns', 'aria-label': 'Column', placeholder: 'column', size: 12 });
  const compared = operations.map(([value, words]) => el('option', { value }, words));
  const op = el('select', { 'aria-label': 'Comparison' }, ...compared);
  const value = el('input', { 'aria-label': 'Value', placeholder: 'value', size: 10 });
  const submit = () => {
    const found = columns.find(({ name }) => name === column.value);
    if (!found) return column.focus();
    const chosen = op.value as Condition['op'];
    const isBare = chosen === 'is_null' || chosen === 'not_null';
    if (!isBare && value.value === '') return value.focus();
    const given = chosen === 'in' ? value.value.split(',').map(one => one.trim()) : value.value;
    add({ column: found.name, op: chosen, ...(isBare ? {} : { value: given }) });
    value.value = '';
  };
  const names = el('datalist', { id: 'columns' }, ...choices);
  const element = entry('Filter', submit, {}, column, names, op, value);
  return {
    element,
    choose(name: string): void {
      column.value = name;
      const found = columns.find(one => one.name === name);
      const isText = found?.type === 'text' && !found.exceptions;
      op.value = isText ? 'contains' : found?.type === 'boolean' ? '=' : '<';
      value.focus();
    },
  };
}
