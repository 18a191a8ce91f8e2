import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, test } from 'vitest';
import { logLines } from '../../../src/providers/dataops/log-lines.ts';
import { zipOf } from '../../../src/providers/dataops/simulator/zip.ts';
import { startWorld } from '../../support/harness.ts';

type Row = Record<string, unknown>;

const project = 'meridian/data/drill-assays';

/** The failed job of last night, in a world of its own. */
async function start(env: Record<string, string> = {}) {
  const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' }, env });
  const { state } = world.dataops;
  const pipeline = state.names.pipelines.failed;
  const found = [...state.world.jobs.values()].find(
    one => one.pipeline.id === pipeline && one.plan.name === 'Build all Models',
  );
  return { ...world, state, job: found?.id ?? 0 };
}

describe('logs', () => {
  /** In pieces that end anywhere, also within a character. */
  async function linesOf(raw: string, size = 7): Promise<string[]> {
    const bytes = Buffer.from(raw);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    const lines: string[] = [];
    for await (const line of logLines(Readable.from(pieces, { objectMode: true }))) lines.push(line);
    return lines;
  }
  const caseFile = (name: string) => readFile(join(import.meta.dirname, 'cases', name), 'utf8');

  test.each([1, 7, 64, 65_536])('lose the stamps of their runner, in pieces of %d bytes', async size => {
    const expected = (await caseFile('job-log-timestamps.expected.txt')).trimEnd().split('\n');
    expect(await linesOf(await caseFile('job-log-timestamps.txt'), size)).toEqual(expected);
  });

  it('are read so by the tool, and in the picture of a pipeline', async () => {
    const world = await start();
    const body = await caseFile('job-log-timestamps.txt');
    world.dataops.faults.add({ kind: 'status', status: 200, body, match: { path: /\/trace$/ } });
    const expected = (await caseFile('job-log-timestamps.expected.txt')).trimEnd();
    const seen = await world.call('dataops_read_job_log', { project, job: world.job });
    expect(seen.data).toEqual({ lines: 7, log: expected });
    const pipeline = world.state.names.pipelines.failed;
    const picture = await world.call('dataops_get_pipeline', { project, pipeline });
    expect((picture.data['failures'] as Row[])[0]).toMatchObject({ log_end: expected });
  });

  it('of any size give their end, and are searched and stored', async () => {
    const world = await start();
    const line = (at: number) => `${at} a line of a job that talks much, which makes the log larger than one expects\n`;
    const body = `${Array.from({ length: 60_000 }, (_, at) => line(at)).join('')}ERROR: the end\n`;
    world.dataops.faults.add({ kind: 'status', status: 200, body, match: { path: /\/trace$/ } });
    const job = { project, job: world.job };
    const seen = await world.call('dataops_read_job_log', { ...job, lines: 5 });
    expect(seen.isError, seen.text).toBe(false);
    expect(seen.data).toMatchObject({ lines: 60_001, from: 59_997 });
    expect(String(seen.data['log']).split('\n').at(-1)).toBe('ERROR: the end');
    const found = await world.call('dataops_read_job_log', { ...job, search: 'error', context: 1 });
    expect(found.data).toMatchObject({ lines: 60_001, matches: 1 });
    expect(found.data['log']).toMatch(/^60000: 59999 a line.*\n60001: ERROR: the end$/);
  });

  it('are what a person sees: no colours, no markers, of a progress bar the end', async () => {
    const raw = [
      '\u001b[0KRunning with gitlab-runner\u001b[0;m',
      'section_start:1700000000:get_sources\r\u001b[0K\u001b[36;1mGetting source\u001b[0;m',
      'Receiving:  10%\rReceiving:  50%\rReceiving: 100%\r',
      'section_end:1700000003:get_sources\r\u001b[0K',
      '',
      'section_start:1700000004:step[collapsed=true]\r\u001b[0K$ /dataops',
      'a line of a file from Windows\r',
      '\u001b]8;;https://x.example\u0007link\u001b]8;;\u0007',
      '',
    ].join('\n');
    expect(await linesOf(raw)).toEqual([
      'Running with gitlab-runner',
      'Getting source',
      'Receiving: 100%',
      '',
      '$ /dataops',
      'a line of a file from Windows',
      'link',
    ]);
  });

  it('come by their end', async () => {
    const { call, job } = await start();
    const seen = await call('dataops_read_job_log', { project, job, lines: 2 });
    expect(seen.data).toMatchObject({ lines: 43, from: 42 });
    expect(String(seen.data['log']).split('\n').at(-1)).toBe('ERROR: Job failed: exit code 1');
  });

  it('come around a text, numbered, whatever its case', async () => {
    const { call, job } = await start();
    const seen = await call('dataops_read_job_log', { project, job, search: 'INVALID identifier | dbt=1', context: 1 });
    expect(seen.data).toMatchObject({ matches: 2 });
    expect(seen.data['log']).toMatch(/^\d+: \$ dbt build[\s\S]*\n…\n\d+: .*000904[\s\S]*AU_PPM_REPEAT/);
    const none = await call('dataops_read_job_log', { project, job, search: ' | ' });
    expect(none.text).toMatch(/^bad_arguments: search holds no text/);
  });

  it('are stored whole as a table of lines, without what is secret here', async () => {
    const { call, job } = await start({ DATAOPS_JOB_TOKEN: 'AU_PPM_REPEAT' });
    const seen = await call('dataops_read_job_log', { project, job, whole: true });
    const { uri, rows } = seen.data['result'] as { uri: string; rows: number };
    expect(rows).toBe(43);
    const where = [{ column: 'text', op: 'contains', value: 'invalid identifier' }];
    const read = await call('read_result', { result: uri, where });
    expect(read.data['items']).toEqual([{ line: expect.any(Number), text: "  invalid identifier '[redacted]'" }]);
    const tail = await call('dataops_read_job_log', { project, job, lines: 20 });
    expect(tail.text).not.toContain('AU_PPM_REPEAT');
  });

  it('of four megabytes come as a short answer', async () => {
    const { call, state } = await start();
    state.logLimit = 1_000_000;
    const long = [...state.world.jobs.values()].find(({ plan }) => plan.name === 'Load Core Photos');
    if (long) long.startedAt = (long.startedAt ?? 0) - 10_000_000;
    const seen = await call('dataops_read_job_log', { project, job: long?.id, lines: 1000 });
    expect(seen.data['log']).toMatch(/Job's log exceeded limit of 1000000 bytes\.$/);
    expect(seen.text.length).toBeLessThan(15_000);
  });
});

describe('artifacts', () => {
  it('are listed by the directory of the archive, which is fetched once and without credentials', async () => {
    const { call, job, state, dataops } = await start();
    const seen = await call('dataops_list_artifacts', { project, job });
    expect(seen.data['total']).toBe(3);
    const files = seen.data['files'] as Row[];
    expect(files).toContainEqual({ path: 'target/run_results.json', bytes: 1370 });
    await call('dataops_list_artifacts', { project, job });
    expect(dataops.requests.filter(({ site }) => site === 'storage')).toHaveLength(1);
    expect(state.leaks).toEqual([]);
  });

  it('are downloaded whole, and by file: a CSV is a table', async () => {
    const { call, job } = await start();
    const whole = await call('dataops_download_artifacts', { project, job });
    expect(whole.data['result']).toMatchObject({ kind: 'file', name: `artifacts-${job}.zip` });
    const one = await call('dataops_read_artifact', { project, job, path: 'target/model timings.csv' });
    expect(one.data['result']).toMatchObject({ kind: 'table', rows: 11 });
    const latest = { project, ref: 'main', job_name: 'Build all Models', path: 'target/run_results.json' };
    const newest = await call('dataops_read_latest_artifact', latest);
    expect(newest.data['result']).toMatchObject({ kind: 'table', name: 'run_results.json' });
    expect(newest.text).toContain('Its rows are the list "results".');
  });

  it('name their files where the one asked for is not among them', async () => {
    const { call, job } = await start();
    const seen = await call('dataops_read_artifact', { project, job, path: 'run_results.json' });
    expect(seen.text).toMatch(
      /^not_found: The artifacts have no file "run_results\.json"\.\nNext: Did you mean "target\/run_results\.json"\? The files are: /,
    );
    expect(seen.text).toContain('target/model timings.csv');
    const latest = { project, ref: 'main', job_name: 'Build all Models', path: 'target/manifest.jsn' };
    expect((await call('dataops_read_latest_artifact', latest)).text).toMatch(/The files are: .*run_results\.json/);
    const without = await call('dataops_read_artifact', { project, job: '1', path: 'a.csv' });
    expect(without.text).toMatch(/^not_found: /);
    expect(without.text).not.toContain('The files are');
  });

  it.each(['../../../variables', 'a/../../b', '/etc/passwd', 'a\\..\\b'])('refuses the path %s unsent', async path => {
    const { call, job, dataops } = await start();
    const seen = await call('dataops_read_artifact', { project, job, path });
    expect(seen.text).toMatch(/^bad_arguments: /);
    expect(dataops.requests).toEqual([]);
  });

  it('that are hostile are told of, and not unpacked', async () => {
    const { call, job, state } = await start();
    state.archives.set(job, zipOf([{ name: '../../.ssh/authorized_keys', content: 'x' }]));
    const outside = await call('dataops_list_artifacts', { project, job });
    expect(outside.data['warnings']).toEqual([expect.stringMatching(/1 names lead out.*do not unpack/)]);
    const { job: other, state: its, call: ask } = await start();
    its.archives.set(other, Buffer.from('no archive at all, but long enough to look for its end'));
    const damaged = await ask('dataops_list_artifacts', { project, job: other });
    expect(damaged.text).toMatch(/^bad_upstream_reply: The artifacts are no zip archive/);
  });

  it('that would grow beyond reason are told of', async () => {
    const { call, job, state } = await start();
    const bomb = zipOf([{ name: 'zeros', content: 'x' }]);
    // Size unpacked, in the directory entry.
    bomb.writeUInt32LE(4_000_000_000, bomb.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    state.archives.set(job, bomb);
    const seen = await call('dataops_list_artifacts', { project, job });
    expect(seen.data['warnings']).toEqual([expect.stringMatching(/would grow to 4000 MB/)]);
  });

  it('are kept', async () => {
    const { call, job, state } = await start();
    const seen = await call('dataops_keep_artifacts', { project, job });
    expect(seen.isError, seen.text).toBe(false);
    expect(state.world.jobs.get(job)?.artifactsKept).toBe(true);
  });
});
