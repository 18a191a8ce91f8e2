import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { commitAt, describeCommit, repositoryOf } from '../commit-shapes.ts';
import type { Tag } from '../git.ts';
import { matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { iso, levelOf } from '../world.ts';

const root = '/projects/:id/repository/tags';
const reads = { jobToken: true } as const;

export const tagEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, reads, listTags],
  [`GET ${root}/:tag`, reads, call => describeTag(call, tagOf(call))],
  [`POST ${root}`, createTag],
  [`DELETE ${root}/:tag`, deleteTag],
];

function tagOf(call: Call): Tag {
  const tag = repositoryOf(call).tags.get(call.path('tag'));
  if (!tag) throw notFound('Tag');
  return tag;
}

function describeTag(call: Call, { name, sha, message, createdAt }: Tag): Fields {
  const commit = commitAt(call, sha, 'Commit');
  return {
    name,
    message,
    target: sha,
    commit: describeCommit(call.world, call.project(), commit),
    release: null,
    protected: isProtected(call, name),
    created_at: iso(createdAt),
  };
}

/** Whether a tag fits what is protected: a name, or a wildcard. */
function isProtected(call: Call, name: string): boolean {
  const { protectedTags } = call.world.partsOf(call.project());
  return protectedTags.some(one => {
    const [start = '', ...rest] = String(one['name']).split('*');
    return rest.length === 0 ? start === name : name.startsWith(start) && name.endsWith(rest.at(-1) ?? '');
  });
}

function listTags(call: Call) {
  const found = [...repositoryOf(call).tags.values()].filter(({ name }) => matches(call.text('search'), name));
  const key = (tag: Tag) => (call.text('order_by') === 'name' ? tag.name : tag.createdAt);
  const keyed = found.map((tag, id) => ({ ...tag, id }));
  return paged(call, sorted(keyed, key, call.text('sort') ?? 'desc'), tag => describeTag(call, tag));
}

function createTag(call: Call) {
  const { tags, find } = repositoryOf(call, 30);
  const name = call.text('tag_name') ?? '';
  if (tags.has(name)) throw refusal(400, { message: `Tag ${name} already exists` });
  if (isProtected(call, name) && levelOf(call.user(), call.project()) < 40)
    throw refusal(400, { message: 'You are not allowed to create this tag as it is protected.' });
  const commit = find(call.text('ref') ?? '');
  if (!commit) throw refusal(400, { message: `Target ${call.text('ref')} is invalid` });
  const tag: Tag = { name, sha: commit.sha, message: call.text('message') ?? '', createdAt: call.world.now() };
  tags.set(name, tag);
  return reply(201, describeTag(call, tag));
}

function deleteTag(call: Call) {
  repositoryOf(call, 40).tags.delete(tagOf(call).name);
  return noContent;
}
