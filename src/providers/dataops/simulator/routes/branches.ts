import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { checkPush } from '../commit-changes.ts';
import { describeCommit, repositoryOf } from '../commit-shapes.ts';
import { historyOf } from '../git.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { levelOf } from '../world.ts';

const root = '/projects/:id/repository/branches';
const reads = { jobToken: true } as const;

export const branchEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, reads, listBranches],
  [`GET ${root}/:branch`, reads, call => describeBranch(call, branchOf(call))],
  [`POST ${root}`, createBranch],
  [`DELETE ${root}/:branch`, deleteBranch],
];

function branchOf(call: Call): [string, string] {
  const name = call.path('branch');
  const sha = repositoryOf(call).branches.get(name);
  if (sha === undefined) throw notFound('Branch');
  return [name, sha];
}

function describeBranch(call: Call, [name, sha]: [string, string]): Fields {
  const project = call.project();
  const { repository, protectedBranches } = call.world.partsOf(project);
  const head = repository.commits.get(sha);
  const main = repository.find(project.defaultBranch);
  const isProtected = protectedBranches.some(one => one['name'] === name);
  const level = levelOf(call.caller.user, project);
  return {
    name,
    commit: head ? describeCommit(call.world, project, head) : null,
    protected: isProtected,
    merged:
      name !== project.defaultBranch && main !== undefined && historyOf(repository, main).some(one => one.sha === sha),
    developers_can_push: false,
    developers_can_merge: false,
    can_push: level >= (isProtected ? 40 : 30),
    default: name === project.defaultBranch,
    web_url: `${call.world.origin}/${project.fullPath}/-/tree/${name}`,
  };
}

function listBranches(call: Call) {
  const { branches, commits } = repositoryOf(call);
  const regex = call.text('regex');
  const search = call.text('search');
  const fits = (name: string): boolean => {
    if (search?.startsWith('^')) return name.toLowerCase().startsWith(search.slice(1).toLowerCase());
    if (search?.endsWith('$')) return name.toLowerCase().endsWith(search.slice(0, -1).toLowerCase());
    return matches(search, name) && (regex === undefined || new RegExp(regex).test(name));
  };
  const names = [...branches].filter(([name]) => fits(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const sort = call.text('sort');
  const at = ([, sha]: [string, string]): number => commits.get(sha)?.at ?? 0;
  if (sort?.startsWith('updated')) names.sort((a, b) => (sort === 'updated_asc' ? at(a) - at(b) : at(b) - at(a)));
  return paged(call, names, one => describeBranch(call, one));
}

function createBranch(call: Call) {
  const repository = repositoryOf(call, 30);
  const name = call.text('branch') ?? '';
  if (repository.branches.has(name)) throw refusal(400, { message: 'Branch already exists' });
  if (!/^(?!-)[\w./-]+(?<!\.lock)$/.test(name)) throw refusal(400, { message: 'Branch name is invalid' });
  const start = repository.find(call.text('ref') ?? '');
  if (!start) throw refusal(400, { message: `Invalid reference name: ${call.text('ref')}` });
  repository.branches.set(name, start.sha);
  return reply(201, describeBranch(call, [name, start.sha]));
}

function deleteBranch(call: Call) {
  const project = call.project(30);
  const [name] = branchOf(call);
  if (name === project.defaultBranch) throw refusal(400, { message: 'Cannot remove HEAD branch' });
  checkPush(call, name);
  repositoryOf(call).branches.delete(name);
  return noContent;
}
