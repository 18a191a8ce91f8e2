// Draws the pictures of the README with the real program on its sandbox: a strip log, a chart, and the demo in a terminal
// (tmux, which keeps the colours). Needs the optional SQL part. Run by npm run pictures, after the build.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { initialize, openServer } from './raw-client.mjs';

/** Of the terminal. */
const columns = 110;
const rows = 34;
const colours = { 31: '#f7768e', 32: '#9ece6a', 33: '#e0af68', 36: '#7dcfff' };
/** What terminals take for a change of colour. */
const colour = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist', 'bin.cjs');
const folder = join(root, 'docs', 'pictures');
const results = await mkdtemp(join(tmpdir(), 'data-platforms-pictures-'));
await mkdir(folder, { recursive: true });
try {
  await drawCharts();
  await writeFile(join(folder, 'demo.svg'), await drawTerminal());
} finally {
  await rm(results, { recursive: true, force: true });
}

async function drawCharts() {
  const server = openServer(process.execPath, [
    program,
    '--sandbox',
    '--sandbox-speed',
    '50',
    '--results-dir',
    results,
  ]);
  await initialize(server);
  const call = async (name, args) => {
    const answer = await server.request('tools/call', { name, arguments: args });
    if (answer.isError) throw new Error(answer.content[0].text);
    return answer;
  };
  const tableOf = async artefact => {
    const order = { project: 'Copperhead North', artefact, holes: 'all', wait_seconds: 45 };
    const { structuredContent } = await call('datarock_create_export', order);
    const [, uri] = /(result:\/\/[0-9a-z]+)/.exec(JSON.stringify(structuredContent)) ?? [];
    if (!uri) throw new Error(`no table of ${artefact}: ${JSON.stringify(structuredContent).slice(0, 300)}`);
    return uri;
  };
  const query = async sql => (await call('query_result', { sql })).structuredContent.result.uri;
  const draw = async (name, args) => {
    const { content } = await call('chart_result', args);
    const { data } = content.find(({ type }) => type === 'image');
    await writeFile(join(folder, name), Buffer.from(data, 'base64'));
  };
  const [rqd, rocks] = [await tableOf('RQD'), await tableOf('Lithology')];
  const joined = await query(`
    WITH averaged AS (
      SELECT hole_id, floor(depth_from / 10) * 10 AS depth_from, max(depth_to) AS depth_to, round(sum(rqd_percent * (depth_to - depth_from)) / sum(depth_to - depth_from), 1) AS rqd_percent
      FROM "${rqd}" GROUP BY hole_id, floor(depth_from / 10))
    SELECT a.hole_id, a.depth_from, a.depth_to, any_value(a.rqd_percent) AS rqd_percent,
      arg_max(l.rock_type, least(a.depth_to, l.depth_to) - greatest(a.depth_from, l.depth_from)) AS rock_type
    FROM averaged a JOIN "${rocks}" l ON l.hole_id = a.hole_id AND l.depth_from < a.depth_to AND l.depth_to > a.depth_from
    WHERE a.hole_id IN (SELECT DISTINCT hole_id FROM "${rqd}" ORDER BY hole_id LIMIT 3)
    GROUP BY ALL ORDER BY a.hole_id, a.depth_from`);
  await draw('strip-log.png', {
    result: joined,
    type: 'strip_log',
    y: ['rqd_percent', 'rock_type'],
    title: 'RQD and rock types, Copperhead North',
  });
  const weakest = await query(`
    SELECT hole_id, round(sum(rqd_percent * (depth_to - depth_from)) / sum(depth_to - depth_from), 1) AS rqd_percent
    FROM "${rqd}" WHERE rqd_percent IS NOT NULL GROUP BY hole_id ORDER BY rqd_percent LIMIT 10`);
  await draw('chart.png', {
    result: weakest,
    type: 'bar',
    x: 'hole_id',
    y: 'rqd_percent',
    title: 'The ten holes with the weakest rock',
  });
  await server.close();
}

/** The first screens of the demo, as they look. */
async function drawTerminal() {
  const socket = `pictures-${process.pid}`;
  const tmux = async (...args) =>
    (await promisify(execFile)('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout;
  const command = `${process.execPath} ${program} demo --sandbox-speed 20; echo the-end; cat`;
  const environment = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', XDG_CACHE_HOME: results };
  await promisify(execFile)(
    'tmux',
    ['-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), command],
    { env: environment },
  );
  try {
    await tmux('set-option', '-g', 'history-limit', '5000');
    const screen = () => tmux('capture-pane', '-p', '-e', '-S', '-');
    let text = await screen();
    while (!text.includes('the-end')) {
      await pause(300);
      text = await screen();
    }
    return svgOf(text.split('\n').slice(0, rows));
  } finally {
    await tmux('kill-server').catch(() => {});
  }
}

/** Lines with the marks that terminals take for colours, as a picture. */
function svgOf(lines) {
  const [width, height, line] = [columns * 8.4 + 32, lines.length * 19 + 32, 19];
  const drawn = lines.map(
    (text, index) => `<text x="16" y="${30 + index * line}" xml:space="preserve">${spansOf(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#c0caf5" role="img" aria-label="The demo in a terminal">
<rect width="100%" height="100%" rx="8" fill="#1a1b26"/>
${drawn.join('\n')}
</svg>
`;
}

function spansOf(text) {
  let style = '';
  return text
    .split(colour)
    .map((part, index) => {
      if (index % 2) {
        style = styleOf(part, style);
        return '';
      }
      return part && `<tspan${style}>${escaped(part)}</tspan>`;
    })
    .join('');
}

function styleOf(codes, before) {
  let style = before;
  for (const code of codes.split(';')) {
    if (code === '' || code === '0' || code === '39' || code === '22') style = '';
    else if (code === '1') style += ' font-weight="bold"';
    else if (code === '2') style += ' fill-opacity="0.6"';
    else if (colours[code]) style += ` fill="${colours[code]}"`;
  }
  return style;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
