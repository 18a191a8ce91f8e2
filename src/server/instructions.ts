import type { Connections } from '../connections/connections.ts';

/** What a model is told before its first call. Below 2 kB, the key sentence first: clients cut what is longer. */
export function instructionsFor({ platforms }: Connections, readOnly: boolean): string {
  if (platforms.length === 0)
    return 'No data platform is connected. check_connections says what the operator has to set.';
  return [
    `Connected data platforms: ${platforms.map(({ title }) => title).join(', ')}.`,
    ...(readOnly ? ['Read-only: of the tools named here, those that start or change something are absent.'] : []),
    ...platforms.map(({ title, guide }) => `${title}: ${guide}`),
    'Long jobs answer with a run URI; wait_for_run goes on waiting from it at any time.',
    'Large data answers with a result:// handle, columns and a sample; read_result reads rows of it; the other *_result tools describe, query (SQL), draw and export it. Hand the handle on instead of copying rows.',
    'An argument marked "or many" takes names by commas, all, or a filter: what its own list takes, as JSON or as active_since: 3 days ago. One table answers.',
    'Names may stand for ids where they are unique. A list says in page.complete whether anything follows.',
    'If a platform seems to be missing, call check_connections.',
  ].join('\n');
}
