import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { accessLevels, protectedBranch, protectedTag } from '../new-things.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';

interface Kind {
  root: string;
  noun: string;
  /** Least role that may look. */
  level: number;
  key: 'protectedBranches' | 'protectedTags';
  make(call: Call): Fields;
}

/** What not everybody may change, by name or wildcard. */
export const protectionEndpoints: readonly Endpoint[] = [
  ...endpointsOf({
    root: '/projects/:id/protected_branches',
    noun: 'Protected branch',
    level: 30,
    key: 'protectedBranches',
    make: call =>
      protectedBranch(
        call.world.nextId(),
        call.text('name') ?? '',
        call.number('push_access_level') ?? 40,
        call.number('merge_access_level') ?? 40,
        call.flag('allow_force_push'),
      ),
  }),
  ['PATCH /projects/:id/protected_branches/:name', change],
  ...endpointsOf({
    root: '/projects/:id/protected_tags',
    noun: 'Protected tag',
    level: 30,
    key: 'protectedTags',
    make: call => protectedTag(call.world.nextId(), call.text('name') ?? '', call.number('create_access_level') ?? 40),
  }),
];

function endpointsOf({ root, noun, level, key, make }: Kind): Endpoint[] {
  const shelf = (call: Call, least: number): Fields[] => call.world.partsOf(call.project(least))[key];
  return [
    [
      `GET ${root}`,
      call =>
        paged(
          call,
          shelf(call, level).filter(one => matches(call.text('search'), String(one['name']))),
          one => one,
        ),
    ],
    [`GET ${root}/:name`, call => find(call, shelf(call, level))],
    [
      `POST ${root}`,
      call => {
        const all = shelf(call, 40);
        const name = call.text('name');
        if (all.some(one => one['name'] === name)) throw refusal(409, { message: `${noun} '${name}' already exists` });
        const made = make(call);
        all.push(made);
        return reply(201, made);
      },
    ],
    [
      `DELETE ${root}/:name`,
      call => {
        const all = shelf(call, 40);
        all.splice(all.indexOf(find(call, all)), 1);
        return noContent;
      },
    ],
  ];
}

function find(call: Call, all: readonly Fields[]): Fields {
  const found = all.find(one => one['name'] === call.path('name'));
  if (!found) throw notFound();
  return found;
}

function change(call: Call): Fields {
  const branch = find(call, call.world.partsOf(call.project(40)).protectedBranches);
  for (const name of ['allow_force_push', 'code_owner_approval_required'])
    if (call.has(name)) branch[name] = call.flag(name);
  for (const kind of ['push', 'merge']) {
    const given = (call.fields[`allowed_to_${kind}`] as Fields[] | undefined) ?? [];
    const gone = given.filter(one => one['_destroy']).map(({ id }) => id);
    const kept = (branch[`${kind}_access_levels`] as Fields[]).filter(({ id }) => !gone.includes(id));
    const made = given
      .filter(one => !one['_destroy'])
      .flatMap(one => accessLevels(call.world.nextId(), Number(one['access_level'])));
    branch[`${kind}_access_levels`] = [...kept, ...made];
  }
  return branch;
}
