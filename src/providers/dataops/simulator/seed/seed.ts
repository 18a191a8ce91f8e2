import { createHash } from 'node:crypto';
import { createRepository } from '../git.ts';
import { models, plans, repositoryFiles } from '../project-files.ts';
import type { SeedNames } from '../state.ts';
import { type Group, newProject, type Project, type ProjectParts, type User, type World } from '../world.ts';
import { seedHistory } from './history.ts';
import { seedPeople } from './people.ts';
import { seedWork } from './work.ts';

const dayMs = 86_400_000;
const manyCount = 10_000;

/** An invented mining company's data team. Everything follows from names and the moment it starts, `now`. */
export function seedWorld(now: () => number, origin: string): { world: World; names: SeedNames } {
  const world = emptyWorld(now, origin);
  const family = seedPeople(world);
  const { meridian, data, products, platform, hidden, many } = family.groups;
  addProject(world, platform, 100, 'Reference Pipelines', {
    visibility: 'internal',
    files: ['notify-ci.yml', 'full-ci.yml'],
  });
  addProject(world, data, 101, 'Drill Assays', { topics: ['snowflake', 'geology'] });
  addProject(world, products, 102, 'Ore Quality', {
    topics: ['data-product'],
    files: ['full-ci.yml', 'data-product-ci.yml'],
  });
  addProject(world, data, 103, 'Old Warehouse', { archived: true });
  addProject(world, hidden, 104, 'Payroll Model', {});
  addProject(world, meridian, 105, 'Empty Beginnings', { files: [] });
  addMany(world, many);
  const { assays, ...history } = seedHistory(world, family);
  seedWork(world, assays, family);
  const oldPath = 'meridian/drill-assays';
  world.paths.set(oldPath, assays);
  const projects = { referencePipelines: 100, drillAssays: 101, oreQuality: 102, oldWarehouse: 103, hidden: 104 };
  const { trigger, job, ...ids } = history;
  return {
    world,
    names: { tokens: { ...family.tokens, trigger, job }, projects, ...ids, oldPath, manyPath: many.fullPath },
  };
}

function emptyWorld(now: () => number, origin: string): World {
  let last = 20_000;
  let secrets = 0;
  const world: World = {
    now,
    origin,
    nextId: () => ++last,
    users: [],
    tokens: [],
    issueLinks: [],
    plans: new Map(plans),
    outcomes: new Map(),
    pace: 1,
    secret(prefix) {
      secrets += 1;
      return prefix + createHash('sha256').update(`sandbox ${secrets}`).digest('base64url').slice(0, 20);
    },
    groups: new Map(),
    projects: new Map(),
    paths: new Map(),
    jobs: new Map(),
    partsOf(project) {
      project.parts ??= newParts(project);
      return project.parts;
    },
  };
  return world;
}

function newParts(project: Project): ProjectParts {
  return {
    repository: createRepository(String(project.id), project.defaultBranch),
    pipelines: [],
    schedules: [],
    triggers: [],
    protectedBranches: [],
    protectedTags: [],
    shelf: {
      environments: [],
      deployments: [],
      releases: [],
      packages: [],
      mergeRequests: [],
      issues: [],
      hooks: [],
      resourceGroups: [],
      commitStatuses: [],
    },
    jobTokenScope: { enabled: true, projects: [], groups: [] },
  };
}

interface Extras {
  visibility?: Project['visibility'];
  topics?: string[];
  archived?: boolean;
  /** Pipeline files at the root of its repository. Default: all. */
  files?: string[];
}

function addProject(world: World, namespace: Group | User, id: number, name: string, extras: Extras): Project {
  const createdAt = world.now() - (420 - (id % 100) * 10) * dayMs;
  const project = newProject(world, { namespace, id, name, createdAt });
  Object.assign(project, {
    visibility: extras.visibility ?? 'private',
    topics: extras.topics ?? [],
    archived: extras.archived ?? false,
    lastActivityAt: createdAt + 30 * dayMs,
  });
  const texts = Object.entries(repositoryFiles()).filter(
    ([path]) => !path.endsWith('-ci.yml') || (extras.files ?? [path]).includes(path),
  );
  if (extras.files?.length === 0) return project;
  world.partsOf(project).repository.commit({
    branch: 'main',
    message: 'Start from the reference project',
    at: createdAt + 3_600_000,
    author: world.users[0] ?? { name: '', email: '' },
    files: new Map(texts.map(([path, text]) => [path, { content: Buffer.from(text), executable: false }])),
  });
  return project;
}

// One instrument's log each: small, alike, and too many for one page of anything.
function addMany(world: World, group: Group): void {
  const start = world.now() - 300 * dayMs;
  for (let n = 1; n <= manyCount; n += 1) {
    const number = String(n).padStart(5, '0');
    const name = `Site Log ${number} ${models[n % models.length]}`;
    const createdAt = start + n * 60_000;
    newProject(world, { namespace: group, id: 100_000 + n, name, path: `site-log-${number}`, createdAt });
  }
}
