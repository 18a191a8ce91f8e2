import type { JsonSchema } from '../operations/json-schema.ts';
import type { Operation, RunKind } from '../operations/operation.ts';
import type { Evidence } from '../providers/contract.ts';

/** What has to be there so that a tool can do something: runs, operations that are not tools, leave to write. */
export type Need = 'runs' | 'unlisted' | 'unlisted reading' | 'unlisted writing' | 'writing' | 'changing operations';

/** What is known of an operation without its code: enough to choose it, and to find it. */
export interface OperationManifest
  extends Pick<Operation, 'name' | 'route' | 'risk' | 'idempotent' | 'summary' | 'api' | 'scopes'> {
  platform: string;
  toolset: string;
  /** It is a listing. */
  lists: boolean;
  /** It starts a run. */
  starts: boolean;
  /** It stores what it fetches. */
  collects?: true;
  resource?: NonNullable<Operation['resource']>;
}

/** The rest, for who lists or describes it. */
export interface OperationDetails extends Pick<Operation, 'example'> {
  evidence: Evidence;
  /** The vendor's fixed words in the answer of a reading, by field. */
  words?: Readonly<Record<string, readonly string[]>>;
  /** JSON Schema of the tool's arguments, but for the choice of a connection. */
  input: JsonSchema;
  /** JSON Schema of the structured answer. */
  output: JsonSchema;
}

export interface PlatformManifest {
  operations: OperationManifest[];
  runs: Pick<RunKind, 'noun' | 'uri'>[];
}

/** Pages for clients that draw; `pages.ts` says what each shows. */
export type PageName = 'explorer' | 'chart' | 'run' | 'consent' | 'overview';

/** What is known of a tool of the server itself without its code. */
export interface GeneralToolManifest {
  name: string;
  title: string;
  description: string;
  input: JsonSchema;
  output?: JsonSchema;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
  /** Without it the tool is not listed. */
  needs?: Need;
  /** What shows its answers, where the client draws. */
  page?: PageName;
  /** It is for pages and no model: listed where the client draws, and kept from models there. */
  forPages?: true;
}

export interface Manifest {
  platforms: Readonly<Record<string, PlatformManifest>>;
  /** The tools of the server itself. */
  general: readonly GeneralToolManifest[];
  details(operation: OperationManifest): Promise<OperationDetails>;
  /** What people call operations and tools besides their names and summaries, by name. Only the search reads it. */
  words(): Promise<Readonly<Record<string, string>>>;
}
