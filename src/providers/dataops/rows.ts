import type { Row } from '../../base/json-value.ts';

/** Some fields of a row, those that it has; GitLab's rows are far larger than what anybody reads of them. */
export const pick = (row: Row, names: readonly string[]): Row =>
  dropEmpty(Object.fromEntries(names.map(name => [name, row[name]])));

export const dropEmpty = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== null));
