import { nextMoment } from '../cron.ts';
import { historyOf } from '../git.ts';
import {
  newDeployment,
  newEnvironment,
  newIssue,
  newMergeRequest,
  newNote,
  newRelease,
  protectedBranch,
} from '../new-things.ts';
import { advancePipeline, createPipeline, type NewPipeline } from '../runs.ts';
import type { Family } from '../state.ts';
import { iso, type Pipeline, type Project, type Schedule, type World } from '../world.ts';
import { addBot, variable } from './people.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const nights = 14;

interface History {
  assays: Project;
  trigger: string;
  job: string;
  pipelines: { failed: number; waiting: number; running: number; warned: number };
  schedules: { nightly: number; paused: number };
}

/** What has happened in the projects before the sandbox starts. */
export function seedHistory(world: World, family: Family): History {
  const assays = projectAt(world, 'meridian/data/drill-assays');
  const quality = projectAt(world, 'meridian/data/products/ore-quality');
  const { maya, amara } = family.users;
  family.tokens.project = addBot(world, assays, 'loader', 40);
  family.tokens.group = addBot(world, family.groups.data, 'reports', 30);
  assays.importUrl = 'https://importer:import-password-1@git.legacy.example/drill-assays.git';
  assays.description = 'Laboratory results and surveys of the drilling programme';
  assays.variables.push(
    variable('SNOWFLAKE_USER', 'LOADER', {}),
    variable('SNOWFLAKE_PASSWORD', 'snowflake-password-1', { masked: true, protected: true }),
    variable('SNOWFLAKE_PASSWORD', 'snowflake-password-2', { masked: true, environment_scope: 'dev' }),
    variable('LAB_API_KEY', 'lab-api-key-1', { masked: true, hidden: true, description: 'Of the assay laboratory' }),
  );
  seedRepository(world, assays, amara);
  const trigger = world.secret('glptt-');
  world.partsOf(assays).triggers.push({
    id: world.nextId(),
    description: 'Laboratory results have arrived',
    token: trigger,
    ownerId: maya.id,
    createdAt: world.now() - 90 * dayMs,
    lastUsedAt: world.now() - 5 * dayMs,
    expiresAt: null,
  });
  // Its jobs may read the assays, as data products do; no other project's may.
  world.partsOf(assays).jobTokenScope.projects.push(quality);
  world.partsOf(quality).jobTokenScope.enabled = true;
  const schedules = seedSchedules(world, assays, maya.id);
  const runs = seedRuns(world, assays, schedules.nightly, family);
  seedShelves(world, assays, family);
  const job = runs.running.jobs.find(({ plan }) => plan.name === 'Load Core Photos');
  return {
    assays,
    trigger,
    job: job?.token ?? '',
    pipelines: { failed: runs.failed.id, waiting: runs.waiting.id, running: runs.running.id, warned: runs.warned.id },
    schedules: { nightly: schedules.nightly.id, paused: schedules.paused.id },
  };
}

function projectAt(world: World, path: string): Project {
  const project = world.paths.get(path);
  if (!project) throw new Error(`the seed has no project ${path}`);
  return project;
}

function seedRepository(world: World, project: Project, author: { name: string; email: string }): void {
  const { repository, protectedBranches } = world.partsOf(project);
  const file = (text: string) => ({ content: Buffer.from(text), executable: false });
  const commit = (
    branch: string,
    message: string,
    days: number,
    files: [string, ReturnType<typeof file> | undefined][],
  ): void => {
    const at = world.now() - days * dayMs;
    repository.commit({ branch, parent: repository.find(branch), message, author, at, files: new Map(files) });
  };
  const model = 'dataops/modelling/assay_intervals.sql';
  commit('main', 'Load the new laboratory format\n\nThe columns have moved.', 41, [
    ['dataops/ingestion/assays.yml', file('format: lab-2\n')],
  ]);
  repository.tags.set('v1.0.0', {
    name: 'v1.0.0',
    sha: repository.headOf('main'),
    message: 'First release',
    createdAt: world.now() - 40 * dayMs,
  });
  commit('main', 'Keep a picture of the core shed', 30, [
    ['docs/core-shed.png', { content: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), executable: false }],
    ['scripts/load.sh', { content: Buffer.from('#!/bin/sh\nexec /dataops\n'), executable: true }],
  ]);
  for (const branch of ['dev', 'qa']) repository.branches.set(branch, repository.headOf('main'));
  commit('dev', 'Try two metre composites', 9, [['dataops/modelling/composites_2m.sql', file('select 2 as metres\n')]]);
  repository.branches.set('feature/repeat-assays', repository.headOf('main'));
  commit('feature/repeat-assays', 'Add the repeat assays', 6, [
    [model, file("select\n    hole_id,\n    au_ppm,\n    au_ppm_repeat\nfrom {{ ref('stg_assays') }}\n")],
  ]);
  commit('main', 'Use repeat assays in the intervals', 1.2, [
    [
      model,
      file("select\n    hole_id,\n    coalesce(au_ppm_repeat, au_ppm) as au_ppm\nfrom {{ ref('stg_assays') }}\n"),
    ],
  ]);
  for (const branch of ['main', 'qa']) protectedBranches.push(protectedBranch(world.nextId(), branch));
}

function seedSchedules(world: World, project: Project, ownerId: number): { nightly: Schedule; paused: Schedule } {
  const start = world.now() - nights * dayMs;
  const add = (description: string, cron: string, active: boolean, file: string): Schedule => {
    const schedule: Schedule = {
      id: world.nextId(),
      description,
      ref: 'main',
      cron,
      timezone: 'UTC',
      active,
      createdAt: start,
      updatedAt: start,
      nextRunAt: nextMoment(cron, 'UTC', world.now()) ?? 0,
      ownerId,
      inputs: [],
      pipelines: [],
      variables: [
        { key: '_PIPELINE_FILE_NAME', value: file, variable_type: 'env_var', raw: false },
        { key: 'LAB_PASSWORD', value: 'schedule-password-1', variable_type: 'env_var', raw: false },
      ],
    };
    world.partsOf(project).schedules.push(schedule);
    return schedule;
  };
  return {
    nightly: add('Nightly full load', '15 2 * * *', true, 'full-ci.yml'),
    paused: add('Month end release', '0 6 1 * *', false, 'release-ci.yml'),
  };
}

const noFailures = { 'Test all Sources': 'success' };

/** How the jobs of a night ended, by name: every fifth lost its runner, every third went as the file plans it. */
function outcomesOf(night: number): Readonly<Record<string, string>> {
  if (night % 5 === 0) return { ...noFailures, 'Ingest Assay Results': 'runner_system_failure' };
  return night % 3 === 0 ? {} : noFailures;
}

function seedRuns(world: World, project: Project, nightly: Schedule, { users }: Family) {
  const { repository } = world.partsOf(project);
  const run = (createdAt: number, changes: Partial<NewPipeline> = {}): Pipeline => {
    const ref = changes.ref ?? 'main';
    const head = repository.find(ref);
    const sha = head ? (historyOf(repository, head).find(({ at }) => at <= createdAt) ?? head).sha : '';
    const wanted = {
      ref,
      sha,
      source: 'push',
      userId: users.amara.id,
      file: 'full-ci.yml',
      outcomes: noFailures,
      createdAt,
    };
    return advancePipeline(world, createPipeline(world, project, { ...wanted, ...changes }));
  };
  const due = (nextMoment(nightly.cron, 'UTC', world.now()) ?? 0) - dayMs;
  // It has ended, whatever the time of day at which the sandbox starts.
  const lastNight = world.now() - due < 30 * minuteMs ? due - dayMs : due;
  const variables = nightly.variables.map(one => ({ ...one }));
  const all: Pipeline[] = [];
  for (let night = nights - 1; night >= 1; night -= 1) {
    const at = lastNight - night * dayMs;
    all.push(run(at, { source: 'schedule', userId: users.maya.id, variables, outcomes: outcomesOf(night) }));
    // Work of the day: pushes to branches that only load.
    for (const hour of night % 7 < 2 ? [] : [7, 10])
      run(at + hour * 60 * minuteMs, { ref: hour === 7 ? 'dev' : 'feature/repeat-assays', file: 'ingest-only-ci.yml' });
  }
  const warned = run(lastNight - 70 * minuteMs, { source: 'web', userId: users.maya.id, outcomes: {} });
  const broken = { ...noFailures, 'Build all Models': 'script_failure' };
  const failed = run(lastNight, { source: 'schedule', userId: users.maya.id, variables, outcomes: broken });
  nightly.pipelines.push(...all, failed);
  const waiting = run(world.now() - 50 * minuteMs, {
    source: 'web',
    file: 'release-ci.yml',
    ref: 'qa',
    name: 'Release 1.1',
  });
  const running = run(world.now() - 3 * minuteMs, {
    source: 'api',
    userId: users.maya.id,
    ref: 'dev',
    file: 'other-pipelines/photos-ci.yml',
  });
  return { failed, waiting, running, warned };
}

function seedShelves(world: World, project: Project, { users }: Family): void {
  const { repository, shelf } = world.partsOf(project);
  const { maya, amara, liam } = users;
  const [production, , development] = ['PROD', 'QA', 'DEV'].map(name =>
    newEnvironment(world, project, name, project.createdAt),
  );
  if (development) development['stop_job'] = 'Stop Development';
  for (let n = 12; n >= 1; n -= 1) {
    const environment = (n % 3 === 0 ? development : production) ?? {};
    const status = n === 4 ? 'failed' : 'success';
    newDeployment(world, project, {
      environment,
      status,
      ref: 'main',
      sha: repository.headOf('main'),
      userId: maya.id,
      createdAt: world.now() - n * dayMs,
    });
  }
  const merge = newMergeRequest({ world }, project, {
    title: 'Try two metre composites',
    source: 'dev',
    target: 'main',
    authorId: amara.id,
    createdAt: world.now() - 8 * dayMs,
  });
  newMergeRequest({ world }, project, {
    title: 'Draft: Add the repeat assays',
    source: 'feature/repeat-assays',
    target: 'main',
    authorId: liam.id,
    createdAt: world.now() - 5 * dayMs,
  });
  merge['notes'] = [
    {
      ...newNote(world, merge, 'added 1 commit', amara.id, world.now() - 7 * dayMs),
      system: true,
      noteable_type: 'MergeRequest',
    },
    { ...newNote(world, merge, 'Looks right to me.', maya.id, world.now() - 6 * dayMs), noteable_type: 'MergeRequest' },
  ];
  merge['user_notes_count'] = 1;
  for (let n = 1; n <= 25; n += 1) {
    const issue = newIssue(
      world,
      project,
      `Check standard ${410 + n} in batch ${n}`,
      (n % 2 ? amara : liam).id,
      world.now() - (60 - n) * dayMs,
    );
    issue['labels'] = n % 4 === 0 ? ['laboratory', 'quality'] : ['quality'];
    if (n % 3 === 0) Object.assign(issue, { state: 'closed', closed_at: iso(world.now() - (40 - n) * dayMs) });
  }
  const links = [{ name: 'Release notes', url: 'https://notes.meridian.example/1.0.0' }];
  newRelease(world, project, {
    tag: 'v1.0.0',
    name: 'Release 1.0.0',
    description: 'First release',
    links,
    authorId: maya.id,
    releasedAt: world.now() - 40 * dayMs,
  });
  for (const [n, version] of ['1.0.0', '1.1.0'].entries())
    shelf.packages.push(packageOf(world, 'ore_quality', version, world.now() - (35 - n * 20) * dayMs));
  shelf.packages.push(packageOf(world, '_dataops_data_product_registry_metadata', '1.1.0', world.now() - 15 * dayMs));
}

const packageOf = (world: World, name: string, version: string, at: number) => {
  const id = world.nextId();
  const file = (file_name: string, size: number) => ({
    id: world.nextId(),
    package_id: id,
    file_name,
    size,
    created_at: iso(at),
    file_md5: null,
    file_sha1: null,
    file_sha256: '3f7c'.padEnd(64, '0'),
  });
  return {
    id,
    name,
    version,
    package_type: 'generic',
    status: 'default',
    created_at: iso(at),
    last_downloaded_at: null,
    tags: [],
    pipeline: null,
    pipelines: [],
    files: [file('manifest.json', 2048), file('specification.yml', 912)],
  };
};
