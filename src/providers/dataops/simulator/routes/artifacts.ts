import { archiveOf, hasArchive, membersOf } from '../archives.ts';
import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { badRequest, notFound, refusal } from '../refusal.ts';
import { advancePipeline, endOf, statusOf } from '../runs.ts';
import type { Job } from '../world.ts';
import { describeJob, findJob, jobsOf } from './jobs.ts';
import { testCasesOf } from './logs.ts';
import { findPipeline } from './pipelines.ts';

export const artifactEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/jobs/:job/artifacts', { jobToken: true }, call => download(call, findJob(call))],
  [
    'GET /projects/:id/jobs/:job/artifacts/*path',
    { jobToken: true },
    call => member(call, findJob(call), call.path('path')),
  ],
  ['GET /projects/:id/jobs/artifacts/:ref/download', { jobToken: true }, call => download(call, latestJob(call))],
  [
    'GET /projects/:id/jobs/artifacts/:ref/raw/*path',
    { jobToken: true },
    call => member(call, latestJob(call), call.path('path')),
  ],
  ['POST /projects/:id/jobs/:job/artifacts/keep', keep],
  ['DELETE /projects/:id/jobs/:job/artifacts', removeOne],
  ['DELETE /projects/:id/artifacts', removeAll],
  ['GET /projects/:id/pipelines/:pipeline/test_report', testReport],
  ['GET /projects/:id/pipelines/:pipeline/test_report_summary', testSummary],
];

function download(call: Call, job: Job) {
  if (!hasArchive(call.world, job)) throw notFound();
  if (call.state.redirectsArtifacts)
    return { status: 302, headers: { location: call.state.redirect(`/artifacts/${job.id}/artifacts.zip`) }, body: '' };
  return { status: 200, headers: { 'content-type': 'application/zip' }, body: archiveOf(call.state.archives, job) };
}

function member({ world, request }: Call, job: Job, path: string) {
  // A slash that came as %2F makes another path of it.
  if (path.startsWith('/') || path.split('/').includes('..')) throw badRequest('Invalid path');
  const raw = request.path.split('/').slice(-path.split('/').length);
  if (raw.map(decodeURIComponent).join('/') !== path) throw notFound();
  if (!hasArchive(world, job)) throw notFound();
  const found = membersOf(job).find(({ name }) => name === path);
  if (!found) throw notFound();
  const type = path.endsWith('.json') ? 'application/json' : 'text/plain';
  return { status: 200, headers: { 'content-type': type }, body: Buffer.from(found.content as string) };
}

function latestJob(call: Call): Job {
  const jobs = jobsOf(call).filter(({ pipeline, plan, retried }) => {
    return pipeline.ref === call.path('ref') && plan.name === call.text('job') && !retried;
  });
  const job = jobs.findLast(one => statusOf(one.pipeline) === 'success' && hasArchive(call.world, one));
  if (!job) throw notFound();
  return job;
}

function keep(call: Call) {
  const job = findJob(call, 30);
  if (!hasArchive(call.world, job)) throw notFound();
  job.artifactsKept = true;
  return describeJob(call, job);
}

function removeOne(call: Call) {
  const job = findJob(call, 40);
  if (endOf(job.pipeline) === undefined && job.finishedAt === undefined)
    throw refusal(409, { message: '409 Conflict' });
  job.artifactsGone = true;
  return noContent;
}

function removeAll(call: Call) {
  call.project(40);
  for (const job of jobsOf(call)) if (!job.artifactsKept && job.finishedAt !== undefined) job.artifactsGone = true;
  return reply(202, { message: '202 Accepted' });
}

const round = (value: number): number => Number(value.toFixed(2));

function suitesOf(call: Call) {
  const pipeline = advancePipeline(call.world, findPipeline(call));
  const jobs = pipeline.jobs.filter(
    ({ retried, plan, status }) => !retried && plan.report && /success|failed/.test(status),
  );
  return jobs.map(job => {
    const cases = testCasesOf(job.status === 'failed').map(({ name, fails }, n) => ({
      status: fails ? 'failed' : 'success',
      name,
      classname: 'dataops.tests',
      file: null,
      execution_time: round(0.4 + (n % 7) / 10),
      stack_trace: null,
      recent_failures: null,
      attachment_url: null,
      system_output: fails ? 'Got 17 results, configured to fail if != 0' : null,
    }));
    const failed = cases.filter(({ status }) => status === 'failed').length;
    const time = round(cases.reduce((sum, one) => sum + one.execution_time, 0));
    return { job, cases, time, count: cases.length, failed, success: cases.length - failed };
  });
}

type Suite = ReturnType<typeof suitesOf>[number];
const sum = (suites: readonly Suite[], of: (suite: Suite) => number): number =>
  round(suites.reduce((total, suite) => total + of(suite), 0));

function testReport(call: Call) {
  const suites = suitesOf(call);
  return {
    total_time: sum(suites, suite => suite.time),
    total_count: sum(suites, suite => suite.count),
    success_count: sum(suites, suite => suite.success),
    failed_count: sum(suites, suite => suite.failed),
    skipped_count: 0,
    error_count: 0,
    test_suites: suites.map(({ job, cases, time, count, failed, success }) => ({
      name: job.plan.name,
      total_time: time,
      total_count: count,
      success_count: success,
      failed_count: failed,
      skipped_count: 0,
      error_count: 0,
      suite_error: null,
      test_cases: cases,
    })),
  };
}

function testSummary(call: Call) {
  const suites = suitesOf(call);
  return {
    total: {
      time: sum(suites, suite => suite.time),
      count: sum(suites, suite => suite.count),
      success: sum(suites, suite => suite.success),
      failed: sum(suites, suite => suite.failed),
      skipped: 0,
      error: 0,
      suite_error: null,
    },
    test_suites: suites.map(({ job, time, count, failed, success }) => ({
      name: job.plan.name,
      total_time: time,
      total_count: count,
      success_count: success,
      failed_count: failed,
      skipped_count: 0,
      error_count: 0,
      build_ids: [job.id],
      suite_error: null,
    })),
  };
}
