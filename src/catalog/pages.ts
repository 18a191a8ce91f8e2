import { isDestructive } from '../operations/operation.ts';
import type { OperationManifest, PageName } from './manifest.ts';

/** The MCP Apps extension: pages that a client shows beside the answers of tools. */
export const pagesExtension = 'io.modelcontextprotocol/ui';
export const pageMediaType = 'text/html;profile=mcp-app';

/** What each page shows, for who reviews the resources of a server. */
export const pages: Readonly<Record<PageName, { title: string; description: string }>> = {
  explorer: {
    title: 'Explorer',
    description: 'The rows of a stored result: scroll, sort, filter, figures of columns.',
  },
  chart: {
    title: 'Strip log and charts',
    description: 'A stored result drawn: holes against depth, lines, bars, points.',
  },
  run: { title: 'Run', description: 'How far a long job is, and what became of its parts.' },
  consent: { title: 'What is asked', description: 'What a call would change, while a person is asked about it.' },
  overview: {
    title: 'Overview',
    description: 'Platforms and accounts, quotas, what runs, stored results and their room.',
  },
};

const prefix = 'ui://data-platforms/';

export const pageUri = (name: PageName): string => `${prefix}${name}.html`;

/** The page of a URI; undefined for one that is none. */
export function pageOf(uri: string): PageName | undefined {
  return (Object.keys(pages) as PageName[]).find(name => pageUri(name) === uri);
}

/** Which page shows what an operation answers; none for listings and single things, which read well as text. */
export function pageOfOperation(operation: OperationManifest): PageName | undefined {
  if (operation.starts) return 'run';
  if (operation.collects) return 'explorer';
  return isDestructive(operation) ? 'consent' : undefined;
}

/** What a client that draws is told of a tool. */
export function drawnBy(page: PageName, visibility: readonly ('model' | 'app')[]) {
  const resourceUri = pageUri(page);
  // The second is what clients of before January 2026 look for.
  return { ui: { resourceUri, visibility }, 'ui/resourceUri': resourceUri };
}
