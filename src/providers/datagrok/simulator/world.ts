import type { Content } from './content.ts';

/** What every thing of the platform has. Things are never changed in place, so that a batch can be taken back. */
export interface Entity {
  id: string;
  name: string;
  friendlyName: string;
  /** `''`, or names that each end in a colon. */
  namespace: string;
  description: string;
  /** Id of the user who made it. */
  owner: string;
  /** Clock ms. */
  createdOn: number;
  updatedOn: number;
}

export interface User extends Entity {
  firstName: string;
  lastName: string;
  login: string;
  email: string;
  status: string;
  /** Id of the personal group. */
  group: string;
}

export interface Group extends Entity {
  personal: boolean;
  hidden: boolean;
}

/** `child` is a member of `parent`; both are ids of groups. */
export interface Relation {
  id: string;
  parent: string;
  child: string;
  isAdmin: boolean;
}

export interface MembershipRequest {
  id: string;
  /** Null while nobody has decided. */
  approved: boolean | null;
  createdOn: number;
  updatedOn: number;
  resolutionDate: number | null;
  /** Ids of groups. */
  from: string;
  to: string;
}

export interface DataConnection extends Entity {
  dataSource: string;
  parameters: Record<string, unknown>;
  tags: string[];
}

export interface Credentials {
  id: string;
  entity: string;
  /** Whose they are: id of a group, if they are not everybody's. */
  group?: string;
  /** Secrets. */
  parameters: Record<string, unknown>;
  openParameters: Record<string, unknown>;
}

export interface Parameter {
  name: string;
  propertyType: string;
  isInput: boolean;
  /** What an input is when it is not given; without it the input is needed. */
  initialValue?: unknown;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface GrokFunction extends Entity {
  /** `Func`, `Script` or `DataQuery`. */
  type: string;
  source: string;
  tags: string[];
  options: Record<string, unknown>;
  parameters: readonly Parameter[];
  script?: string;
  language?: string;
  query?: string;
  /** Id of the data connection of a query. */
  connection?: string;
  /** How long it takes, in clock ms. */
  ms?: number;
  /** Runs in the browser only. */
  client?: boolean;
  /** Outputs by name; what it lacks is null. Absent: everything is null. */
  work?: (given: Arguments) => Record<string, unknown>;
}

export interface Table extends Entity {
  /** Id of the project it is in. */
  project: string;
  /** Null: the server has lost its data. */
  content: Content | null;
}

export interface Project extends Entity {
  /** Ids of tables from elsewhere that it shows. */
  tables: readonly string[];
  isDashboard: boolean;
  layout?: unknown;
}

export interface Space extends Entity {
  /** Id of the space that it is in. */
  parent?: string;
  /** Ids of what is in it besides spaces; the value says whether it is just a link. */
  entities: Readonly<Record<string, boolean>>;
}

export interface Package extends Entity {
  category: string;
  url: string;
}

export interface PublishedPackage extends Entity {
  package: string;
  version: string;
  isCurrent: boolean;
  debug: boolean;
  packageAuthor: string;
  publishedOn: number;
  commit: string;
}

export interface StoredFile {
  content: Content;
  updatedOn: number;
}

export type Access = 'View' | 'Edit';

/** Everything there is; by id where nothing else is said. */
export interface World {
  users: Map<string, User>;
  groups: Map<string, Group>;
  relations: Map<string, Relation>;
  requests: Map<string, MembershipRequest>;
  connections: Map<string, DataConnection>;
  credentials: Map<string, Credentials>;
  functions: Map<string, GrokFunction>;
  tables: Map<string, Table>;
  projects: Map<string, Project>;
  spaces: Map<string, Space>;
  packages: Map<string, Package>;
  publishedPackages: Map<string, PublishedPackage>;
  /** By `<id of a connection or space>/<path>`. A path that ends in a slash is an empty folder and has no bytes. */
  files: Map<string, StoredFile>;
  /** By `<id of an entity>/<id of a group>`. */
  grants: Map<string, Access>;
}

/** Remembers what there is now; the result brings it back. */
export function snapshot(world: World): () => void {
  const copies = Object.values(world).map((map: Map<string, unknown>) => [map, [...map]] as const);
  return () => {
    for (const [map, entries] of copies) {
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    }
  };
}

export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const grokName = ({ namespace, name }: Pick<Entity, 'namespace' | 'name'>): string => namespace + name;
/** Where a user's own things are. */
export const homeOf = ({ name }: User): string => `${name}:`;
export const isoTime = (ms: number): string => new Date(ms).toISOString();

/**
 * A thing by UUID or Grok name with colons; the beginning of the name may be left out while the rest is unique.
 * `'ambiguous'`: more than one has this name.
 */
export function find<Item extends Entity>(
  items: Iterable<Item>,
  wanted: string,
  { anyCase = false } = {},
): Item | 'ambiguous' | undefined {
  const all = [...items];
  if (uuidForm.test(wanted)) return all.find(({ id }) => id === wanted.toLowerCase());
  const fold = (text: string) => (anyCase ? text.toLowerCase() : text);
  const whole = all.find(item => fold(grokName(item)) === fold(wanted));
  if (whole) return whole;
  const [first, second] = all.filter(item => fold(grokName(item)).endsWith(fold(`:${wanted}`)));
  return second ? 'ambiguous' : first;
}
