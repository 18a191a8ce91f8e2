import type { Readable } from 'node:stream';
import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { firstOf, nearest } from '../../../base/nearest.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { type Collected, type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import type { StoredResult } from '../../../results/result.ts';
import { done, ref } from '../arguments.ts';
import { jobTold, projectTold } from '../losses.ts';
import { type ArchiveMember, readDirectory } from '../zip.ts';
import { branchName } from './branches.ts';
import { briefJob, getJob, jobRow } from './jobs.ts';
import { job } from './logs.ts';
import { getProject, projectArgument as project } from './projects.ts';

const example = { arguments: { project: 'meridian/data/drill-assays', job: '20451' } };
const byRef = { arguments: { project: 'meridian/data/drill-assays', ref: 'main', job_name: 'Build all Models' } };

const path = z.string().min(1).describe('File in the archive, for example target/run_results.json');
const job_name = z.string().min(1).describe('Job, by name').meta({ wire: 'job' });

/** Streams what a route answers into the store. */
async function store(
  wanted: Operation,
  args: Row,
  { name, key }: { name: string; key?: string },
  context: OperationContext,
): Promise<StoredResult> {
  const { body, headers } = await context.request(wanted, args, { expect: 'stream' });
  const mediaType = headers['content-type'] ?? 'application/octet-stream';
  return context.store({ operation: wanted, arguments: args, name, mediaType, key }, { bytes: body as Readable });
}

const collected = (result: StoredResult, summary: string): Collected => ({ result, summary, warnings: [] });
const lastName = (file: string) => file.slice(file.lastIndexOf('/') + 1);

export const downloadArtifacts = operation({
  name: 'dataops_download_artifacts',
  route: 'GET /projects/{project}/jobs/{job}/artifacts',
  risk: 'reads',
  summary: 'Store the artifacts of a job as a zip file. For one file of it: dataops_read_artifact.',
  words: 'build outputs results files',
  input: z.strictObject({ project, job }),
  output: z.looseObject({}),
  example,
  collects: 'file',
  async collect(args, context) {
    const result = await store(downloadArtifacts, args, { name: `artifacts-${args.job}.zip` }, context);
    return collected(result, `Artifacts of job ${args.job}.`);
  },
});

/** The archive of a job, fetched once: it never changes, as a retried job has another number. */
async function storedArchive(args: { project: string; job: string }, context: OperationContext): Promise<StoredResult> {
  const key = `artifacts of ${context.connection.name} ${args.project} ${args.job}`;
  const name = `artifacts-${args.job}.zip`;
  return (await context.results.findByKey(key)) ?? (await store(downloadArtifacts, args, { name, key }, context));
}

const member = z.looseObject({ path: z.string(), bytes: z.number() });
const mostListed = 500;

export const listArtifacts = operation({
  name: 'dataops_list_artifacts',
  route: 'GET /projects/{project}/jobs/{job}/artifacts',
  risk: 'reads',
  summary: 'List the files in the artifacts of a job, without unpacking them.',
  words: 'build outputs',
  input: z.strictObject({ project, job }),
  output: z.looseObject({ files: z.array(member), total: z.number() }),
  example,
  async send(args, context) {
    const stored = await storedArchive(args, context);
    const members = await readDirectory(await context.results.path(stored));
    const warnings = warningsOf(members, stored.bytes);
    return {
      total: members.length,
      files: members.slice(0, mostListed).map(({ path, bytes }) => ({ path, bytes })),
      archive: stored.uri,
      ...(warnings.length && { warnings }),
    };
  },
});

const mostNamed = 40;

/** The same, and where the archive has no such file, the files that it has. */
async function naming(
  wanted: string,
  fetchArchive: () => Promise<StoredResult>,
  read: Promise<StoredResult>,
  context: OperationContext,
): Promise<StoredResult> {
  try {
    return await read;
  } catch (error) {
    if (!isFault(error, 'not_found')) throw error;
    // Without an archive there is nothing to name: the platform's own answer stands.
    const archive = await fetchArchive().catch(() => undefined);
    const members = archive && (await readDirectory(await context.results.path(archive)).catch(() => undefined));
    if (!members || members.some(({ path }) => path === wanted)) throw error;
    const paths = members.map(({ path }) => path);
    const near = nearest(wanted, paths) ?? paths.find(one => lastName(one) === lastName(wanted));
    throw error.with({
      message: `The artifacts have no file "${wanted}".`,
      hint: `${near === undefined ? '' : `Did you mean "${near}"? `}The files are: ${firstOf(paths, mostNamed)}.`,
    });
  }
}

/** Names that lead out of a folder, and archives that grow beyond reason: nothing here unpacks them, others may. */
function warningsOf(members: readonly ArchiveMember[], packed: number): string[] {
  const outside = members.filter(({ path }) => /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(path));
  const unpacked = members.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    members.length > mostListed ? `Only the first ${mostListed} files are shown.` : '',
    outside.length ? `${outside.length} names lead out of the archive, "${outside[0]?.path}": do not unpack it.` : '',
    unpacked > 1e9 && unpacked > packed * 200 ? `It would grow to ${Math.round(unpacked / 1e6)} MB unpacked.` : '',
  ].filter(Boolean);
}

export const readArtifact = operation({
  name: 'dataops_read_artifact',
  route: 'GET /projects/{project}/jobs/{job}/artifacts/{path*}',
  risk: 'reads',
  summary: 'Store one file of the artifacts of a job; CSV and JSON rows become a table.',
  words: 'one build output, run_results.json manifest.json',
  input: z.strictObject({ project, job, path }),
  output: z.looseObject({}),
  example: { arguments: { ...example.arguments, path: 'target/run_results.json' } },
  async collect(args, context) {
    const archive = () => storedArchive({ project: args.project, job: args.job }, context);
    const read = store(readArtifact, args, { name: lastName(args.path) }, context);
    const result = await naming(args.path, archive, read, context);
    return collected(result, `${args.path} of job ${args.job}.`);
  },
});

export const downloadLatest = operation({
  name: 'dataops_download_latest_artifacts',
  route: 'GET /projects/{project}/jobs/artifacts/{ref}/download',
  risk: 'reads',
  summary: 'Store the artifacts of a job of the newest successful pipeline of a branch or tag as a zip file.',
  words: 'newest last good build outputs',
  input: z.strictObject({ project, ref: ref.meta({ reference: branchName }), job_name }),
  output: z.looseObject({}),
  example: byRef,
  collects: 'file',
  async collect(args, context) {
    const result = await store(downloadLatest, args, { name: 'artifacts.zip' }, context);
    return collected(result, `Artifacts of ${args.job_name} on ${args.ref}.`);
  },
});

export const readLatest = operation({
  name: 'dataops_read_latest_artifact',
  route: 'GET /projects/{project}/jobs/artifacts/{ref}/raw/{path*}',
  risk: 'reads',
  summary: 'Store one file of the artifacts of a job of the newest successful pipeline of a branch or tag.',
  words: 'newest last good build output, run_results.json',
  input: z.strictObject({ project, ref: ref.meta({ reference: branchName }), job_name, path }),
  output: z.looseObject({}),
  example: { arguments: { ...byRef.arguments, path: 'target/run_results.json' } },
  async collect(args, context) {
    const { path, ...whole } = args;
    const archive = () => store(downloadLatest, whole, { name: 'artifacts.zip' }, context);
    const read = store(readLatest, args, { name: lastName(path) }, context);
    const result = await naming(path, archive, read, context);
    return collected(result, `${args.path} of ${args.job_name} on ${args.ref}.`);
  },
});

export const keepArtifacts = operation({
  name: 'dataops_keep_artifacts',
  route: 'POST /projects/{project}/jobs/{job}/artifacts/keep',
  risk: 'edits',
  summary: 'Keep the artifacts of a job beyond their expiry.',
  words: 'prevent stop expiring, extend expiry',
  input: z.strictObject({ project, job }),
  output: jobRow,
  repair: body => briefJob((body ?? {}) as Row),
  example,
});

export const deleteArtifacts = operation({
  name: 'dataops_delete_artifacts',
  route: 'DELETE /projects/{project}/jobs/{job}/artifacts',
  risk: 'deletes',
  question: 'Delete the artifacts of the job {job} of {project}?',
  describeLoss: lookAt('job', () => getJob, jobTold),
  summary: 'Delete the artifacts of a job.',
  words: 'free storage space, build outputs',
  input: z.strictObject({ project, job }),
  ...done,
  example,
});

export const deleteProjectArtifacts = operation({
  name: 'dataops_delete_project_artifacts',
  route: 'DELETE /projects/{project}/artifacts',
  risk: 'deletes',
  question: 'Delete the artifacts of all jobs of {project}?',
  describeLoss: lookAt('project', () => getProject, projectTold),
  summary: 'Delete the artifacts of all jobs of a project that are not kept.',
  words: 'free storage space of old build outputs, clean up',
  input: z.strictObject({ project }),
  ...done,
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});
