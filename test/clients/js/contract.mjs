// One contract for every client: node contract.mjs CLIENT TRANSPORT TARGET. Prints what each step came to, as JSON.
// TARGET: {"command": ..., "args": [...]} over stdio, {"url": ...} over HTTP and SSE.

/** What a step has to show: in the answer, or in the error that the client made of it. */
const project = 'Copperhead North';
const little = { project, artefact: 'RQD', holes: 'DDH001, DDH002', again: true };
const repository = 'meridian/data/drill-assays';

async function textOf(client, name, args) {
  try {
    return JSON.stringify(await client.call(name, args)) ?? '';
  } catch (error) {
    return `thrown: ${error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : JSON.stringify(error)}`;
  }
}

const expecting = (text, pattern) => {
  if (!pattern.test(text)) throw new Error(`the client gave ${text.replace(/\s+/g, ' ').slice(0, 160)}`);
  return 'works';
};

const steps = {
  async list(client) {
    const names = await client.tools();
    for (const name of ['datarock_create_export', 'dataops_delete_branch', 'wait_for_run', 'read_result'])
      if (!names.some(one => one.endsWith(name))) throw new Error(`${name} is not among ${names.length} tools`);
    return 'works';
  },
  call: async client => expecting(await textOf(client, 'datarock_list_projects', {}), /All 4 projects|"total\\*":4/),
  // Ids go as they are shown: as numbers, where the answer has them as numbers.
  ids: async client => {
    const text = await textOf(client, 'dataops_list_pipelines', { project: repository, limit: '1' });
    return expecting(text, /20401|"id/);
  },
  error: async client =>
    expecting(
      await textOf(client, 'datarock_list_holes', { project: 'Coperhead North' }),
      /Did you mean .{0,4}Copperhead North/,
    ),
  run: async client => {
    const started = await textOf(client, 'datarock_create_export', { ...little, wait_seconds: 0 });
    const [uri] = started.match(/datarock:\/\/exports\/[\w-]+/) ?? [];
    if (!uri) expecting(started, /datarock:/);
    return expecting(await textOf(client, 'wait_for_run', { run: uri, wait_seconds: 45 }), /succeeded/);
  },
  async progress(client) {
    if (!client.progress) return 'not offered by the client';
    const told = [];
    await client.progress('datarock_create_export', { ...little, wait_seconds: 45 }, message => told.push(message));
    return told.length === 0 ? 'tells none' : expecting(told.join('\n'), /of 2 files/);
  },
  async picture(client) {
    const made = await textOf(client, 'datarock_create_export', { ...little, wait_seconds: 45 });
    const [result] = made.match(/result:\/\/\w+/) ?? [];
    if (!result) expecting(made, /result:/);
    const drawn = await textOf(client, 'chart_result', { result, type: 'histogram', x: 'rqd_percent' });
    if (/bad_arguments/.test(drawn)) expecting(drawn, /image/);
    return expecting(drawn, /iVBORw0KGgo|image\/png/);
  },
  async question(client, branch) {
    const made = await textOf(client, 'dataops_create_branch', { project: repository, branch, ref: 'main' });
    if (!made.includes(branch)) expecting(made, /the branch/);
    const deleted = await textOf(client, 'dataops_delete_branch', { project: repository, branch });
    if (/needs_confirmation/.test(deleted)) {
      const [, confirm] = deleted.match(/confirm: \\*"([^"\\]+)\\*"/) ?? [];
      if (!confirm) return expecting(deleted, /confirm/) && 'asks, and the client cannot answer';
      const agreed = await textOf(client, 'dataops_delete_branch', { project: repository, branch, confirm });
      expecting(agreed, /done|deleted|no branch/i);
      return 'in two steps';
    }
    // Nobody registered a handler, so the framework cancels by itself: the second answer has to name the way out.
    if (/cancelled/.test(deleted)) {
      const again = await textOf(client, 'dataops_delete_branch', { project: repository, branch });
      return expecting(again, /two-step/) && 'the client cancels by itself: set consent to two-step';
    }
    expecting(deleted, /done|deleted|no branch/i);
    return client.asked?.() ? 'asked' : 'works';
  },
  async resource(client) {
    if (!client.read) return 'not offered by the client';
    return expecting(JSON.stringify(await client.read('datarock://projects')), /Copperhead North/);
  },
};

const [name, transport, target] = process.argv.slice(2);
const { adapters } = await import('./adapters.mjs');
const outcome = {};
let client;
const limit = (promise, what) =>
  Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} took more than 60 s`)), 60_000).unref()),
  ]);
try {
  client = await limit(adapters[name](JSON.parse(target), transport), 'connecting');
  for (const [step, run] of Object.entries(steps)) {
    try {
      outcome[step] = await limit(run(client, `of-${name}-${transport}-${Date.now() % 1e6}`.toLowerCase()), step);
    } catch (error) {
      outcome[step] = `no: ${error.message}`;
    }
  }
} catch (error) {
  outcome.connect = `no: ${error.message}`;
}
console.log(`OUTCOME ${JSON.stringify(outcome)}`);
await limit(Promise.resolve(client?.close?.()), 'closing').catch(() => {});
process.exit(0);
