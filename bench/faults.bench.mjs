// What a platform that refuses, fails or hangs costs: requests it receives, seconds until there is an answer. Over the
// library entry, on real time and real sockets; all of it side by side, because most of it is waiting.
import { generateKeyPairSync } from 'node:crypto';
import { createServer as listenHttp } from 'node:http';
import { createServer, loadConfig, providers } from '../dist/library/index.js';
import { say } from './baseline/measure.mjs';
import { inNewHome } from './baseline/world.mjs';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ok = { status: 200, body: [{ uuid: '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11', name: 'Copperhead North' }] };
const refused = { status: 429, headers: { 'retry-after': '1' }, body: { message: 'Too many requests' } };
const broken = status => ({ status, body: { message: 'Something went wrong' } });
const listProjects = { name: 'datarock_list_projects', args: {} };

/** An upstream that answers its nth request (from 0) as told, or never; and when the requests came, ms. */
async function startUpstream(answer) {
  const arrivals = [];
  const server = listenHttp({ keepAliveTimeout: 0 }, (_, response) => {
    arrivals.push(performance.now());
    const reply = answer(arrivals.length - 1, arrivals);
    if (!reply) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/v3`, arrivals, close };
}

/** Makes the calls all at once, each server and upstream for itself. `quota`: what the platform would document. */
async function scenario(home, { answer, calls = [listProjects], quota }) {
  const upstream = await startUpstream(answer);
  const env = {
    DATAROCK_BASE_URL: upstream.url,
    DATAROCK_USER: 'geo@bench.example',
    DATAROCK_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const config = loadConfig({ env, flags: { log_level: 'silent', results_dir: home } }, providers);
  if (quota) config.connections = config.connections.map(one => ({ ...one, provider: limited(one.provider, quota) }));
  const server = await createServer(config);
  const start = performance.now();
  const answers = await Promise.all(calls.map(({ name, args }) => server.tools.call(name, args)));
  const seconds = (performance.now() - start) / 1000;
  await server.close();
  upstream.close();
  return { arrivals: upstream.arrivals, seconds, answers, errors: answers.filter(({ isError }) => isError) };
}

/** The platform with another documented quota. */
function limited(provider, { requests, perMs }) {
  const quotas = [{ name: 'API', requests, perMs, appliesTo: () => true }];
  return { ...provider, connect: (...given) => ({ ...provider.connect(...given), quotas }) };
}

/** Answers 429 to what comes when the last second has had its 20. */
function twentyASecond() {
  let admitted = [];
  return (index, arrivals) => {
    const now = arrivals[index];
    admitted = admitted.filter(at => at > now - 1000);
    if (admitted.length >= 20) return refused;
    admitted.push(now);
    return ok;
  };
}

const early = arrivals => arrivals.slice(1).filter((at, index) => at - arrivals[index] < 1000).length;
const asked = (arrivals, times) => early(arrivals.slice(0, times + 1));
const burst = Array.from({ length: 60 }, () => listProjects);
const wrong = [
  { name: 'datarock_list_projects', args: { nmae: 'x' } },
  { name: 'datarock_list_projects', args: { limit: 'many' } },
  { name: 'datarock_list_projects', args: { cursor: 'not one of ours' } },
  { name: 'datarock_list_holes', args: {} },
  { name: 'datarock_create_export', args: { project: ok.body[0].uuid, artefact: 'rqd', holes: [] } },
  { name: 'datarock_create_export', args: { project: ok.body[0].uuid, artefact: 'rqd', holes: 'all', wait: 5 } },
  { name: 'wait_for_run', args: { run: 'https://example.com/run/1' } },
  { name: 'read_result', args: { result: 'result://none', limit: 0 } },
  { name: 'datarock_list_project', args: {} },
];

/** Each row of figures: [what, unit, value, bound]. */
const table = {
  '429 once, Retry-After 1 s': {
    answer: index => (index < 1 ? refused : ok),
    figures: ({ arrivals }) => [
      ['requests', 'requests', arrivals.length, 2],
      ['requests before the time was over', 'requests', asked(arrivals, 1), 0],
    ],
  },
  '429 three times, Retry-After 1 s': {
    answer: index => (index < 3 ? refused : ok),
    figures: ({ arrivals }) => [
      ['requests', 'requests', arrivals.length, 4],
      ['requests before the time was over', 'requests', asked(arrivals, 3), 0],
    ],
  },
  '502 twice, then fine': {
    answer: index => (index < 2 ? broken(502) : ok),
    figures: ({ arrivals }) => [['requests', 'requests', arrivals.length, 3]],
  },
  '503 for ever': {
    fails: true,
    answer: () => broken(503),
    figures: ({ arrivals }) => [['requests', 'requests', arrivals.length, 4]],
    seconds: 10,
  },
  '60 calls at once, 20 a second documented': {
    answer: twentyASecond(),
    calls: burst,
    quota: { requests: 20, perMs: 1000 },
    figures: ({ arrivals }) => [['requests', 'requests', arrivals.length, 72]],
  },
  '60 calls at once, 20 a second that nobody documents': {
    answer: twentyASecond(),
    calls: burst,
    figures: ({ arrivals }) => [['requests', 'requests', arrivals.length]],
  },
  'an upstream that hangs': {
    fails: true,
    answer: () => undefined,
    figures: ({ arrivals, errors }) => [
      ['requests', 'requests', arrivals.length, 1],
      ['errors that do not name platform and operation', 'calls', errors.filter(unnamed).length, 0],
    ],
    seconds: 31,
  },
  [`${wrong.length} calls with wrong arguments`]: {
    fails: true,
    answer: () => ok,
    calls: wrong,
    figures: ({ arrivals }) => [['requests', 'requests', arrivals.length, 0]],
  },
};

/** Arguments of so many bytes that are made to hold everybody up, as JSON in a text. */
const holding = bytes => {
  const strings = ['\\"', '\\\\', '\\n', 'words ', '1234567890123456 '];
  const values = ['1234567890123456789,', '1,', '"",', '[],', ' '];
  return [
    ...strings.map(unit => `[1234567890123456789,"${unit.repeat(bytes / unit.length)}"]`),
    ...values.map(unit => `[1234567890123456789,${unit.repeat(bytes / unit.length)}1]`),
    `[${'7'.repeat(bytes)}]`,
  ];
};

/** The shortest of some times, in ms. */
async function shortest(measure) {
  const times = [];
  for (let round = 0; round < 9; round += 1) times.push(await measure());
  return Math.min(...times);
}

/** The same for answers of a platform. */
const hostileAnswers = bytes => {
  const row = inner => `[{"uuid":"${ok.body[0].uuid}",${inner}}]`;
  const texts = ['words ', 'token ', 'basic aaaaaaaaaaaaaaaa ', 'eyJ.', '\\"', '\\u200b', 'é'];
  const values = ['1,', '[],', '{},', '"",', '1234567890123456789,'];
  const keys = Array.from({ length: bytes / 16 }, (_, index) => `"k${index}":${index}`);
  return [
    ...texts.map(unit => row(`"name":"${unit.repeat(bytes / unit.length)}"`)),
    ...values.map(unit => row(`"x":[${unit.repeat(bytes / unit.length)}1]`)),
    row(keys.join(',')),
    `[${`${row('"name":"Copperhead North","n":1234567890123456789').slice(1, -1)},`.repeat(bytes / 96)}{"uuid":"x"}]`,
  ];
};

/** Processor time of this process in ms: what others have to wait, whatever else the machine does. */
function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The longest that nobody else gets a turn while a call is answered, in ms. */
async function stall(server, args) {
  let [longest, before, over] = [0, now(), false];
  const look = () => {
    const at = now();
    longest = Math.max(longest, at - before);
    before = at;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await server.tools.call(listProjects.name, args);
  over = true;
  look();
  return longest;
}

async function parsing(text) {
  const start = now();
  JSON.parse(text);
  return now() - start;
}

/** For each input the wait of another caller at 2 and at 4 MB, and what JSON.parse takes for the 4 MB. */
async function stalls(home) {
  let body = '[]';
  const upstream = listenHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  });
  await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));
  const env = {
    DATAROCK_BASE_URL: `http://127.0.0.1:${upstream.address().port}/v3`,
    DATAROCK_USER: 'geo@bench.example',
    DATAROCK_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const server = await createServer(loadConfig({ env, flags: { log_level: 'silent', results_dir: home } }, providers));
  const answered = text => {
    body = text;
    return stall(server, {});
  };
  const kinds = { arguments: [holding, text => stall(server, text)], answers: [hostileAnswers, answered] };
  const rows = [];
  for (const [kind, [made, wait]] of Object.entries(kinds)) {
    const [half, whole] = [made(2e6), made(4e6)];
    const seen = [];
    for (const [index, text] of whole.entries()) {
      const [less, more] = [await shortest(() => wait(half[index])), await shortest(() => wait(text))];
      seen.push({ more, growth: more / less, ratio: more / (await shortest(() => parsing(text))) });
    }
    const worst = field => Math.max(...seen.map(one => one[field]));
    const what = `4 MB of ${kind} made to hold everybody up`;
    rows.push(
      [`${what}: wait of another caller`, 'ms', worst('more')],
      [`${what}: wait, of JSON.parse of the same bytes`, 'times', worst('ratio'), 3],
      [`${what}: wait, of that behind 2 MB`, 'times', worst('growth'), 3],
    );
  }
  await server.close();
  upstream.close();
  upstream.closeAllConnections();
  return rows;
}

const unnamed = ({ content: [{ text }] }) => !text.includes('Datarock') || !text.includes(listProjects.name);

await inNewHome(async ({ home }) => {
  const told = await Promise.all(
    Object.entries(table).map(async ([name, { fails = false, figures, seconds: bound, ...given }]) => {
      const seen = await scenario(home, given);
      const { answers, errors, seconds } = seen;
      const missed = fails ? answers.length - errors.length : errors.length;
      const outcome = fails ? 'calls that did not end in an error' : 'calls that failed';
      return [...figures(seen), [outcome, 'calls', missed, 0], ['time to the answer', 's', seconds, bound]].map(row => [
        `${name}: ${row[0]}`,
        ...row.slice(1),
      ]);
    }),
  );
  // When nothing else runs.
  told.push(await stalls(home));
  for (const [what, unit, value, bound] of told.flat()) say({ what, unit, value, bound });
});
process.exit();
