import { models, sources } from '../project-files.ts';
import { iso, type Job, type World } from '../world.ts';

const green = '\u001b[32;1m';
const red = '\u001b[31;1m';
const cyan = '\u001b[36;1m';
const plain = '\u001b[0;m';
const clear = '\u001b[0K';

/** What a job has written so far; it grows while the job runs. `limit`: bytes that the runner collects at most. */
export function logOf(world: World, job: Job, limit: number): string {
  if (job.startedAt === undefined || job.erasedAt !== undefined || job.plan.starts) return '';
  const lines = [...linesOf(job, job.startedAt)];
  const seconds = (job.finishedAt ?? world.now()) - job.startedAt;
  const share =
    job.finishedAt === undefined || job.status === 'canceled' ? seconds / (job.plan.seconds * world.pace * 1000) : 1;
  const written = lines.slice(0, Math.ceil(lines.length * Math.min(share, 1)));
  if (job.status === 'canceled') written.push(`${red}ERROR: Job failed: canceled${plain}`);
  else if (job.finishedAt !== undefined) written.push(lastLine(job));
  const text = Buffer.from(`${written.join('\n')}\n`);
  if (text.length <= limit) return text.toString('utf8');
  return `${text.subarray(0, limit).toString('utf8')}\n${red}Job's log exceeded limit of ${limit} bytes.${plain}\n`;
}

const lastLine = ({ failure }: Job): string =>
  failure === undefined
    ? `${green}Job succeeded${plain}`
    : `${red}ERROR: Job failed: ${reasons[failure] ?? failure}${plain}`;

const reasons: Readonly<Record<string, string>> = {
  script_failure: 'exit code 1',
  runner_system_failure: 'execution took longer than the runner could bear',
};

// Progress bars rewrite their line, sections open and close, as runners write them.
function* linesOf(job: Job, startedAt: number): Generator<string> {
  const seconds = Math.floor(startedAt / 1000);
  const section = (name: string, title: string): string =>
    `section_start:${seconds}:${name}\r${clear}${cyan}${title}${plain}`;
  const end = (name: string): string => `section_end:${seconds + 3}:${name}\r${clear}`;
  const { ref, sha, project } = job.pipeline;
  yield `${clear}Running with gitlab-runner 17.4.0 (b92ee590)${plain}`;
  yield `${clear}  on dataops-runner-2 aBcD3fGh, system ID: s_6d1f${plain}`;
  yield section('prepare_executor', 'Preparing the "docker" executor');
  yield 'Using Docker image dataopslive/dataops-transform-runner:5-stable ...';
  yield end('prepare_executor');
  yield section('get_sources', 'Getting source from Git repository');
  yield `${green}Fetching changes with git depth set to 20...${plain}`;
  yield `Checking out ${sha.slice(0, 8)} as detached HEAD (ref is ${ref}) of ${project.fullPath}...`;
  yield [0, 37, 74, 100].map(percent => `Receiving objects: ${String(percent).padStart(3)}%`).join('\r');
  yield end('get_sources');
  yield section('step_script', `Executing "step_script" stage of the job script`);
  yield* script(job, startedAt);
  yield end('step_script');
  if (!job.plan.artifacts) return;
  yield section('upload_artifacts_on_success', 'Uploading artifacts for successful job');
  yield `Uploading artifacts as "archive" to coordinator... 201 Created  id=${job.id} responseStatus=201 Created`;
  yield end('upload_artifacts_on_success');
}

function* script(job: Job, startedAt: number): Generator<string> {
  const { name } = job.plan;
  const failed = job.failure !== undefined;
  const at = (n: number): string => iso(startedAt + n * 1700).slice(11, 19);
  if (/Load Core Photo/.test(name)) {
    for (let n = 0; n < 60_000; n += 1)
      yield `${at(n)}  loaded s3://meridian-core-photos/tray_${String(n).padStart(6, '0')}.jpg into STAGE.PHOTOS`;
    return;
  }
  if (/Build all Models/.test(name)) return yield* buildModels(failed, at);
  if (/Test/.test(name)) return yield* runTests(failed, at);
  if (/Ingest/.test(name)) {
    for (const [n, source] of sources.entries())
      yield `${at(n)}  COPY INTO RAW.${source.toUpperCase()} FROM @LANDING/${source}/ ... ` +
        `${green}${(n + 3) * 4127} rows loaded${plain}`;
    return;
  }
  yield `$ /dataops`;
  yield `${at(1)}  ${name}: reading pipelines/includes/config/variables.yml`;
  yield `${at(2)}  DATAOPS_ENV_NAME is ` +
    `${job.pipeline.ref === 'main' ? 'PROD' : job.pipeline.ref.toUpperCase().replace(/\W/g, '_')}`;
  for (let n = 3; n < 18; n += 1) yield `${at(n)}  step ${n - 2} of 15 done`;
}

function* buildModels(failed: boolean, at: (n: number) => string): Generator<string> {
  yield '$ dbt build --select dataops --target prod';
  yield `${at(0)}  Running with dbt=1.8.6`;
  yield `${at(0)}  Found ${models.length} models, 31 data tests, 6 sources, 468 macros`;
  const broken = models.indexOf('assay_intervals');
  for (const [n, model] of models.entries()) {
    const label = `${n + 1} of ${models.length}`;
    yield `${at(n + 1)}  ${label} START sql table model ANALYTICS.${model} ....... [RUN]`;
    if (failed && n === broken)
      yield `${at(n + 2)}  ${label} ${red}ERROR creating sql table model ANALYTICS.${model} ... [ERROR in ` +
        `3.41s]${plain}`;
    else if (failed && n > broken)
      yield `${at(n + 2)}  ${label} \u001b[33mSKIP relation ANALYTICS.${model} ............... [SKIP]${plain}`;
    else
      yield `${at(n + 2)}  ${label} ${green}OK created sql table model ANALYTICS.${model} ... [SUCCESS 1 in ` +
        `${(n % 5) + 1}.2${n}s]${plain}`;
  }
  if (!failed)
    return yield `${at(models.length + 3)}  Completed successfully. PASS=${models.length} WARN=0 ERROR=0 SKIP=0`;
  yield '';
  yield `${at(models.length + 3)}  ${red}Completed with 1 error and 0 warnings:${plain}`;
  yield `${at(models.length + 3)}  Database Error in model assay_intervals (dataops/modelling/assay_intervals.sql)`;
  yield '  000904 (42000): SQL compilation error: error line 14 at position 8';
  yield "  invalid identifier 'AU_PPM_REPEAT'";
  yield `${at(models.length + 3)}  Done. PASS=${broken} WARN=0 ERROR=1 SKIP=${models.length - broken - 1} ` +
    `TOTAL=${models.length}`;
}

function* runTests(failed: boolean, at: (n: number) => string): Generator<string> {
  yield '$ dbt test --select source:*';
  for (const { name, fails } of testCasesOf(failed)) {
    yield `\u001b[2m${at(3)}\u001b[0m  ${fails ? `${red}FAIL 17${plain}` : `${green}PASS${plain}`} ${name}`;
  }
  yield failed
    ? `${red}Failure in test ${failingTest}${plain}\n  Got 17 results, configured to fail if != 0`
    : 'Completed successfully';
}

const failingTest = 'not_null_survey_azimuth';

/** The test cases of a job with a test report. */
export function testCasesOf(failed: boolean): { name: string; fails: boolean }[] {
  const names = sources.flatMap(source => ['unique', 'not_null'].map(test => `${test}_${source}_id`));
  return [...names.map(name => ({ name, fails: false })), { name: failingTest, fails: failed }];
}
