import type { Diagnosis } from '../../calls/check-connections.ts';
import type { ViewedOverview } from '../../tools/view-overview.ts';
import type { ViewedRun } from '../../tools/view-run.ts';
import { el, show } from '../core/dom.ts';
import type { Host, ToolResult } from '../core/host.ts';
import { bar, begin, type Page } from '../core/page.ts';
import { bytes, count, countOf, duration } from '../core/words.ts';

interface Answer {
  connections?: Diagnosis[];
  missing?: { sql: string };
}

void begin<unknown, Answer>('overview', (page, host) => ({
  result: result => void open(page, host, result).catch(page.fail),
  cancelled: () => show(page.main, el('p', {}, 'The call was cancelled.')),
}));

async function open(page: Page, host: Host, { structuredContent, content = [], isError }: ToolResult<Answer>) {
  const connections = structuredContent?.connections;
  if (isError || !connections)
    return show(
      page.main,
      el('pre', { tabindex: 0, 'aria-label': 'Answer' }, content.map(one => one.text ?? '').join('\n')),
    );
  const more = el('div');
  const ok = connections.filter(({ status }) => status === 'ok').length;
  const missing = structuredContent?.missing;
  show(
    page.main,
    bar(el('h1', { class: 'grow' }, `${ok} of ${countOf(connections.length, 'connection')} answer`)),
    el('ul', { class: 'cards', 'aria-label': 'Connections' }, ...connections.map(card)),
    missing && el('p', { class: 'note' }, missing.sql),
    more,
  );
  if (!host.can.call) return;
  const view = await host.call<ViewedOverview>('view_overview', {});
  show(more, quotas(view), await runs(host, view), results(view));
}

const words: Record<Diagnosis['status'], string> = {
  ok: '✓ answers',
  failed: '✕ failed',
  not_configured: '– not connected',
};

/** A connection: whose account it is, what was found, and what is wrong with it. */
function card({
  connection,
  platform,
  status,
  account,
  facts = [],
  problem,
  hint,
  read_only,
  ...more
}: Diagnosis): HTMLElement {
  const wrong = [problem, hint, ...(more.exposed ?? []), ...(more.not_connected ?? []), ...(more.left_out ?? [])];
  const name = connection === platform.toLowerCase() ? platform : `${platform} (${connection})`;
  return el(
    'li',
    { class: status },
    el('h2', {}, name),
    el('p', { class: 'state' }, words[status], read_only ? ', read only' : null),
    account === undefined ? null : el('p', {}, account),
    ...facts.map(fact => el('p', { class: 'faint' }, fact)),
    ...wrong
      .filter(one => one !== undefined)
      .map(one => el('p', { class: status === 'failed' ? 'problem' : 'faint' }, one)),
  );
}

function quotas({ quotas: all }: ViewedOverview): HTMLElement | null {
  if (all.length === 0) return null;
  const rows = all.map(({ connection, name, requests, perMs }) =>
    el(
      'tr',
      {},
      el('td', {}, connection),
      el('td', {}, name),
      el('td', {}, `${count(requests)} requests in ${duration(perMs / 1000)}`),
    ),
  );
  const head = el('tr', {}, ...['Connection', 'Quota', 'Allows'].map(one => el('th', { scope: 'col' }, one)));
  return section('Quotas', el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows)));
}

const section = (title: string, ...children: (Node | null)[]) => el('section', {}, el('h2', {}, title), ...children);

/** Runs of the last hour as they are now. */
async function runs(host: Host, { runs: uris }: ViewedOverview): Promise<HTMLElement> {
  const looks = uris.map(uri => host.call<ViewedRun>('view_run', { run: uri }).catch(() => undefined));
  const lines = (await Promise.all(looks)).map((view, at) => {
    const { progress, status = 'unknown' } = view?.run ?? {};
    const far = progress ? `, ${progress.done} of ${progress.total} ${progress.unit}` : '';
    return el('li', {}, `${status}${far}`, el('span', { class: 'faint' }, ` ${uris[at]}`));
  });
  const none = el('p', { class: 'faint' }, 'Nothing was started in the last hour.');
  return section('Runs of the last hour', lines.length > 0 ? el('ul', { class: 'lines' }, ...lines) : none);
}

function results({ results: { bytes: used, quotaBytes, count: all, newest } }: ViewedOverview): HTMLElement {
  const room = `${countOf(all, 'result')}, ${bytes(used)} of ${bytes(quotaBytes)}`;
  const lines = newest.map(({ uri, name, kind, rows, bytes: size, pinned, expiresAt }) => {
    const extent = kind === 'table' ? countOf(rows, 'row') : bytes(size);
    const until = pinned ? 'pinned' : `until ${expiresAt.slice(0, 10)}`;
    return el('li', {}, name, el('span', { class: 'faint' }, ` ${extent}, ${until}, ${uri}`));
  });
  const meter = el('progress', { max: quotaBytes, value: used, 'aria-label': `Room of stored results: ${room}` });
  return section('Stored results', el('p', {}, room), meter, el('ul', { class: 'lines' }, ...lines));
}
