import { type Content, fixed, generated } from '../content.ts';
import type {
  Access,
  Credentials,
  DataConnection,
  Package,
  Project,
  PublishedPackage,
  Space,
  StoredFile,
  Table,
  World,
} from '../world.ts';
import { functions } from './functions.ts';
import {
  type Common,
  dayOf,
  entity,
  groupId,
  groups,
  idOf,
  personalGroupId,
  relations,
  requests,
  users,
} from './people.ts';
import { assaysCsv, blockModel, collarsCsv, holes, lasOf, noise } from './rock.ts';

/*
 * The Datagrok server of Copperhead Resources, an invented explorer. Mara Okafor leads the geologists and her key is the
 * one that is handed out; what Tomas Lindqvist owns is for her to see, and in part not even that.
 */
const mara = 'mara.okafor';
const tomas = 'tomas.lindqvist';

/** Whose key the environment carries. */
export const callerLogin = mara;
/** Who still has a developer key. */
export const developer = 'priya.raman';

interface ConnectionRecipe extends Common {
  dataSource: string;
  parameters?: Record<string, unknown>;
  tags?: string[];
}

const connections: readonly DataConnection[] = (
  [
    { name: 'DemoFiles', friendlyName: 'Demo files', namespace: 'System:', dataSource: 'Files', tags: ['demo'] },
    { name: 'AppData', friendlyName: 'App data', namespace: 'System:', dataSource: 'Files' },
    { name: 'Home', namespace: 'MaraOkafor:', by: mara, made: 6, dataSource: 'Files' },
    { name: 'Home', namespace: 'TomasLindqvist:', by: tomas, made: 9, dataSource: 'Files' },
    {
      name: 'CoreArchive',
      friendlyName: 'Core archive',
      namespace: 'Geology:',
      by: mara,
      made: 30,
      dataSource: 'S3',
      parameters: { bucket: 'copperhead-core', region: 'ap-southeast-2' },
      tags: ['core', 'photos'],
    },
    {
      name: 'Laboratory',
      namespace: 'Geology:',
      by: mara,
      made: 32,
      dataSource: 'Postgres',
      parameters: { server: 'lab-db.sandbox.example', port: 5432, db: 'assays' },
      tags: ['assays'],
    },
    {
      name: 'GroundWater',
      friendlyName: 'Ground water',
      namespace: 'Geology:',
      by: tomas,
      made: 90,
      dataSource: 'Snowflake',
      parameters: { server: 'copperhead.sandbox.example', db: 'HYDRO' },
    },
  ] satisfies ConnectionRecipe[]
).map(({ dataSource, parameters = {}, tags = [], ...common }: ConnectionRecipe) => ({
  ...entity('connection', common),
  dataSource,
  parameters,
  tags,
}));

const connectionId = (name: string): string => idOf(`connection ${name}`);

const credentials: readonly Credentials[] = [
  {
    id: idOf('credentials of the laboratory'),
    entity: connectionId('Geology:Laboratory'),
    parameters: { password: 'sandbox-lab-password' },
    openParameters: { login: 'lab_reader' },
  },
];

const projectRecipes: readonly (Common & { tables?: string[]; isDashboard?: boolean })[] = [
  { name: 'CopperheadNorth', friendlyName: 'Copperhead North', namespace: 'MaraOkafor:', by: mara, made: 50 },
  { name: 'Legacy', namespace: 'MaraOkafor:', by: mara, made: 14 },
  { name: 'GradeControl', friendlyName: 'Grade control', namespace: 'TomasLindqvist:', by: tomas, made: 70 },
  { name: 'Drafts', namespace: 'TomasLindqvist:', by: tomas, made: 80 },
  {
    name: 'CopperheadOverview',
    friendlyName: 'Copperhead overview',
    namespace: 'MaraOkafor:',
    by: mara,
    made: 160,
    isDashboard: true,
    tables: ['MaraOkafor:CopperheadNorth:Collars', 'MaraOkafor:CopperheadNorth:Assays'],
  },
  {
    name: 'ShiftReport',
    friendlyName: 'Shift report',
    namespace: 'TomasLindqvist:',
    by: tomas,
    made: 170,
    isDashboard: true,
    tables: ['TomasLindqvist:GradeControl:BlastHoles'],
  },
];

const tableId = (name: string): string => idOf(`table ${name}`);

const projects: readonly Project[] = projectRecipes.map(({ tables = [], isDashboard = false, ...common }) => ({
  ...entity('project', common),
  tables: tables.map(tableId),
  isDashboard,
}));

const blastHoles = 'blast_hole,bench,cu_percent\nBH-0001,412,0.81\nBH-0002,412,1.04\nBH-0003,412,\n';

const tableRecipes: readonly (Common & { namespace: string; content: Content | null })[] = [
  { name: 'Collars', namespace: 'MaraOkafor:CopperheadNorth:', by: mara, made: 50, content: fixed(collarsCsv()) },
  { name: 'Assays', namespace: 'MaraOkafor:CopperheadNorth:', by: mara, made: 52, content: fixed(assaysCsv()) },
  {
    name: 'BlockModel',
    friendlyName: 'Block model',
    namespace: 'MaraOkafor:CopperheadNorth:',
    by: mara,
    made: 155,
    content: generated(blockModel),
  },
  { name: 'OldGrid', friendlyName: 'Old grid', namespace: 'MaraOkafor:Legacy:', by: mara, made: 14, content: null },
  // A second table of this name, so that the name alone says nothing.
  {
    name: 'Collars',
    namespace: 'TomasLindqvist:GradeControl:',
    by: tomas,
    made: 71,
    content: fixed('hole_id\nGC0001\n'),
  },
  { name: 'BlastHoles', namespace: 'TomasLindqvist:GradeControl:', by: tomas, made: 72, content: fixed(blastHoles) },
  { name: 'Secret', namespace: 'TomasLindqvist:Drafts:', by: tomas, made: 81, content: fixed('a\n1\n') },
];

const tables: readonly Table[] = tableRecipes.map(({ content, ...common }) => ({
  ...entity('table', common),
  project: idOf(`project ${common.namespace.slice(0, -1)}`),
  content,
}));

const spaces: readonly Space[] = [
  {
    ...entity('space', { name: 'Geology', by: mara, made: 25 }),
    entities: {
      [connectionId('Geology:CoreArchive')]: false,
      [idOf('project MaraOkafor:CopperheadOverview')]: true,
    },
  },
  {
    ...entity('space', { name: 'Drilling', namespace: 'Geology:', by: mara, made: 26 }),
    parent: idOf('space Geology'),
    entities: {},
  },
  { ...entity('space', { name: 'Scratch', by: tomas, made: 81 }), entities: {} },
];

const packageRecipes: readonly (Common & { category: string; versions: string[] })[] = [
  { name: 'Chem', category: 'Cheminformatics', versions: ['1.13.2', '1.14.0'], made: 1 },
  { name: 'PowerPack', friendlyName: 'Power Pack', category: 'General', versions: ['1.7.4'], made: 1 },
  { name: 'GeoTools', friendlyName: 'Geo tools', category: 'Geology', versions: ['0.3.0'], by: developer, made: 100 },
];

const packages: readonly Package[] = packageRecipes.map(({ category, versions: _, ...common }) => ({
  ...entity('package', common),
  category,
  url: `https://packages.sandbox.example/${common.name.toLowerCase()}`,
}));

const publishedPackages: readonly PublishedPackage[] = packageRecipes.flatMap(({ category: _, versions, ...common }) =>
  versions.map((version, index) => ({
    ...entity('published package', { ...common, id: idOf(`published ${common.name} ${version}`) }),
    package: idOf(`package ${common.name}`),
    version,
    isCurrent: index === versions.length - 1,
    debug: false,
    packageAuthor: common.by === developer ? 'Priya Raman' : 'Datagrok',
    publishedOn: dayOf((common.made ?? 0) + index * 30),
    commit: idOf(`commit ${common.name} ${version}`).slice(0, 8),
  })),
);

/** Contents by connector and path. A path that ends in a slash is an empty folder. */
const fileRecipes: readonly (readonly [connector: string, path: string, content: string | Buffer])[] = [
  ['System:DemoFiles', 'readme.txt', 'Files to try things with.\n'],
  ['System:DemoFiles', 'geology/collars.csv', collarsCsv()],
  ['System:DemoFiles', 'geology/assays.csv', assaysCsv()],
  ['System:DemoFiles', 'geology/empty.csv', ''],
  [
    'System:DemoFiles',
    'geology/logo.png',
    Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise('logo', 2000)]),
  ],
  ['System:DemoFiles', 'nothing here/', ''],
  ['System:DemoFiles', 'odd names/Ñandú #04 100%?.csv', 'hole_id,depth_m\nÑandú-04,41.2\n'],
  ['System:DemoFiles', 'odd names/TT+03 & "wedge".txt', 'wedge at 212 m\n'],
  ['System:DemoFiles', 'odd names/shift 07:30', Buffer.from([0, 255, 10, 13, 128])],
  ['System:DemoFiles', 'odd names/no.extension/README', 'A folder with a period.\n'],
  ['System:AppData', 'GeoTools/settings.json', '{"units":"metric","lengthM":2}\n'],
  ['MaraOkafor:Home', 'notes.txt', 'Ask Tomas about bench 412.\r\n'],
  ['MaraOkafor:Home', 'exports/', ''],
  ['TomasLindqvist:Home', 'private.txt', 'Not for others.\n'],
  ['Geology:CoreArchive', 'photos/DDH001/box-01.jpg', noise('box 1', 70_000)],
  ['Geology:CoreArchive', 'photos/DDH001/box-02.jpg', noise('box 2', 64_000)],
  ...holes
    .slice(0, 6)
    .map(({ id, depthM }) => ['Geology:CoreArchive', `logs/2026/${id}.las`, lasOf(id, depthM)] as const),
];

function filesOf(): Map<string, StoredFile> {
  const entries = fileRecipes.map(([name, path, content], index) => {
    const file = { content: fixed(content), updatedOn: dayOf(100 + index) };
    return [`${connectionId(name)}/${path}`, file] as const;
  });
  const plan = { content: fixed('DDH041 next, then DDH042.\n'), updatedOn: dayOf(210) };
  return new Map([...entries, [`${idOf('space Geology')}/plans/2027.txt`, plan]]);
}

/** What others may do with a thing. */
const grants: readonly (readonly [entity: string, group: string, access: Access])[] = [
  [connectionId('System:DemoFiles'), groupId('AllUsers'), 'View'],
  [connectionId('System:AppData'), groupId('AllUsers'), 'View'],
  [connectionId('Geology:CoreArchive'), groupId('Geology'), 'Edit'],
  [connectionId('Geology:Laboratory'), groupId('Geology'), 'View'],
  [connectionId('Geology:GroundWater'), groupId('Geology'), 'View'],
  [idOf('project TomasLindqvist:GradeControl'), groupId('Geology'), 'View'],
  [idOf('project TomasLindqvist:ShiftReport'), groupId('Geology'), 'View'],
  [idOf('project MaraOkafor:CopperheadOverview'), personalGroupId(developer), 'View'],
  [idOf('space Geology'), groupId('Geology'), 'View'],
  [idOf('space Geology:Drilling'), groupId('Geology'), 'View'],
  ...functions.filter(({ type }) => type === 'Func').map(({ id }) => [id, groupId('AllUsers'), 'View'] as const),
  ...functions
    .filter(({ namespace }) => namespace.startsWith('Geology:'))
    .map(({ id }) => [id, groupId('Geology'), 'View'] as const),
];

const byId = <Item extends { id: string }>(items: readonly Item[]): Map<string, Item> =>
  new Map(items.map(item => [item.id, item]));

/** Everything at its beginning, the same each time. */
export function createWorld(): World {
  return {
    users: byId(users),
    groups: byId(groups),
    relations: byId(relations),
    requests: byId(requests),
    connections: byId(connections),
    credentials: byId(credentials),
    functions: byId(functions),
    tables: byId(tables),
    projects: byId(projects),
    spaces: byId(spaces),
    packages: byId(packages),
    publishedPackages: byId(publishedPackages),
    files: filesOf(),
    grants: new Map(grants.map(([id, group, access]) => [`${id}/${group}`, access])),
  };
}
