import { type Call, canSee, type Endpoint } from '../call.ts';
import { describeCommit } from '../commit-shapes.ts';
import { historyOf } from '../git.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, notFound, refusal } from '../refusal.ts';
import { describeUser, type Project } from '../world.ts';
import { projectsBelow, short } from './projects.ts';

const advanced = 'blobs|commits|notes|wiki_blobs';

export const searchEndpoints: readonly Endpoint[] = [
  ['GET /search', call => overall(call, [...call.world.projects.values()])],
  ['GET /groups/:id/search', call => overall(call, projectsBelow(call, call.group(), true))],
  ['GET /projects/:id/search', call => inProject(call, call.project(20))],
];

function overall(call: Call, projects: readonly Project[]) {
  call.user();
  if (advanced.split('|').includes(call.text('scope') ?? ''))
    throw badRequest('Scope supported only with advanced search or exact code search');
  return answer(
    call,
    projects.filter(project => canSee(call.caller, project)),
  );
}

function inProject(call: Call, project: Project) {
  if (call.text('scope') === 'projects' || call.text('scope') === 'snippet_titles')
    throw refusal(400, { error: 'scope does not have a valid value' });
  return answer(call, [project]);
}

function answer(call: Call, projects: readonly Project[]) {
  const { world } = call;
  const search = call.text('search');
  const touched = projects.filter(({ parts }) => parts);
  const things = (kind: 'issues' | 'mergeRequests'): Fields[] =>
    touched
      .flatMap(project => world.partsOf(project).shelf[kind])
      .filter(one => matches(search, String(one['title']), String(one['description'])))
      .filter(one => !call.has('state') || call.text('state') === 'all' || call.text('state') === one['state']);
  switch (call.text('scope')) {
    case 'projects':
      return paged(
        call,
        projects.filter(one => matches(search, one.name, one.path, one.description)),
        one => short(call, one),
      );
    case 'issues':
      return paged(call, things('issues'), ({ notes: _, ...one }) => one);
    case 'merge_requests':
      return paged(call, things('mergeRequests'), ({ notes: _, approved_by: __, ...one }) => one);
    case 'users':
      return paged(
        call,
        world.users.filter(one => matches(search, one.name, one.username)),
        one => describeUser(world, one.id),
      );
    case 'commits':
      return paged(
        call,
        touched.flatMap(project => commitsOf(call, project)),
        one => one,
      );
    case 'notes':
      return paged(
        call,
        [...things('issues'), ...things('mergeRequests')].flatMap(one => (one['notes'] as Fields[]) ?? []),
        one => one,
      );
    case 'blobs':
      return paged(
        call,
        touched.flatMap(project => blobsOf(call, project)),
        one => one,
        { totals: false },
      );
    default:
      return paged(call, [], one => one);
  }
}

function head(call: Call, project: Project) {
  const { repository } = call.world.partsOf(project);
  const commit = repository.find(call.text('ref') ?? project.defaultBranch);
  if (!commit && call.has('ref')) throw notFound('Ref');
  return { repository, commit };
}

function commitsOf(call: Call, project: Project): Fields[] {
  const { repository, commit } = head(call, project);
  return (commit ? historyOf(repository, commit) : [])
    .filter(({ message, sha }) => matches(call.text('search'), message, sha))
    .map(one => ({ ...describeCommit(call.world, project, one), project_id: project.id }));
}

function blobsOf(call: Call, project: Project): Fields[] {
  const { commit } = head(call, project);
  const search = (call.text('search') ?? '').toLowerCase();
  return [...(commit?.files ?? [])].flatMap(([path, { content }]) => {
    const lines = content.toString('utf8').split('\n');
    const line = lines.findIndex(text => text.toLowerCase().includes(search));
    if (line < 0 && !path.toLowerCase().includes(search)) return [];
    const start = Math.max(line - 1, 0);
    const data = `${lines.slice(start, line + 2).join('\n')}\n`;
    const basename = path.replace(/\.[^./]*$/, '');
    return [
      {
        basename,
        data,
        path,
        filename: path,
        id: null,
        ref: commit?.sha,
        startline: start + 1,
        project_id: project.id,
      },
    ];
  });
}
