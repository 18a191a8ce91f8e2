import * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import { lazy } from '../base/lazy.ts';
import { withoutEnd } from '../base/text.ts';
import { isLoopback } from '../http/addresses.ts';
import type { Api, Connection } from '../http/connection.ts';
import type { Chain } from '../operations/chain.ts';
import type { Operation, OperationContext, RunKind, Toolset } from '../operations/operation.ts';
import type { ShowField } from '../operations/shown-fields.ts';
import type { SimulatorDefinition } from '../sandbox/host.ts';
import type { CredentialGuide } from './credentials.ts';
import type { MakeShows, Story } from './story.ts';

/** Everything the program knows of one platform. Adding a platform is one of these and one line in `index.ts`. */
export interface Provider<Settings extends z.ZodObject = z.ZodObject> {
  /** First word of its operations, scheme of its URIs, prefix of its environment variables. */
  name: string;
  title: string;
  /**
   * Others have variables with the same prefix: an unknown one that is like none of ours is told, and does not stop the
   * start.
   */
  sharesPrefix?: boolean;
  /**
   * Host of the vendor's own web pages, where the pages of an account are on the host of its API or beside it: an
   * address anywhere else is not of this account. What runs on this machine stands for the vendor's.
   */
  pages?: string;
  /** Each account has a server of its own, and its neighbours are other people's: pages are on the API's host alone. */
  isOneHost?: true;
  /** For the model: what it holds and how to chain its tools. At most three sentences. */
  guide: string;
  /** What an operator sets; keys in snake_case, secrets made with `secret()`. */
  settings: Settings;
  /**
   * Its APIs, where each has an origin or a credential of its own, and any may be left out: what people call it, and
   * the setting that opens it.
   */
  apis?: Readonly<Record<string, { title: string; setting: string }>>;
  /** Builds the connection without any I/O. Throws `not_configured` naming the setting that is wrong. */
  connect(settings: z.output<Settings>, clock: Clock): ConnectionParts;
  /** Listed unless the operator chooses otherwise. */
  defaultToolsets: readonly string[];
  /** The records. Loaded when one of them is called, not to be listed (see `server/manifest.ts`). */
  load(): Promise<ProviderCode>;
  simulator(): Promise<SimulatorDefinition>;
  /** Where somebody gets what the settings ask for. */
  credentials(): Promise<CredentialGuide>;
  story(): Promise<Story>;
  /** What of it can be looked at in the sandbox, in pages for clients that draw. */
  shows?(): Promise<MakeShows>;
}

/** What a platform can do. */
export interface ProviderCode {
  toolsets: readonly Toolset[];
  runs: readonly RunKind[];
  /** What people call its things otherwise, by the noun in the names of operations: for the search alone. */
  nouns?: Readonly<Record<string, string>>;
  /** What may be shown of the fields of its answers, whichever operation they come from. Default: all. */
  showField?: ShowField;
  /** Calls that answer a question of its users, to be run as they are. */
  chains?: readonly Chain[];
  /** One cheap authenticated request, or one for each API that is connected. */
  probe(context: OperationContext): Promise<Probed>;
}

/** All that it can do, whatever is listed. */
export const operationsOf = ({ toolsets }: Pick<ProviderCode, 'toolsets'>): Operation[] =>
  toolsets.flatMap(({ operations }) => operations);

/** What a look at an account showed. */
export interface Probed {
  /** Whose account it is, in the platform's words. Default: what the settings say. */
  account?: string;
  /** Worth showing, for example how much it can see. */
  facts: string[];
  /** The release of the vendor's software, where it tells. */
  release?: string;
  /** What the credential of an API may do, where it tells, by the API's name. Operations name what they need. */
  scopes?: Readonly<Record<string, readonly string[]>>;
}

/** What differs between two connections of the same platform. */
export interface ConnectionParts extends Api, Pick<Connection, 'named' | 'choices' | 'account' | 'callTimeoutMs'> {
  /** The APIs that the settings open, by name. */
  apis?: Readonly<Record<string, Api>>;
  /** Values that must never be shown. */
  secrets: readonly string[];
}

/** A provider as it is written. Its settings are made when somebody looks: most starts connect one or two platforms. */
interface Declaration<Settings extends z.ZodObject, Name extends string, State>
  extends Omit<DeclaredProvider<Name, State, Settings>, 'settings'> {
  settings: () => Settings;
}

/** A provider whose type knows which it is, and what its simulator keeps. */
export interface DeclaredProvider<Name extends string, State, Settings extends z.ZodObject = z.ZodObject>
  extends Provider<Settings> {
  name: Name;
  simulator(): Promise<SimulatorDefinition<State>>;
}

/** Declares a provider; the compiler checks that it connects with the settings it asks for. */
export function provider<Settings extends z.ZodObject, Name extends string, State>(
  declaration: Declaration<Settings, Name, State>,
): DeclaredProvider<Name, State> {
  const settings = lazy(declaration.settings);
  const made = {
    ...declaration,
    // Asked for by every call, and importing anew copies all names again.
    load: lazy(declaration.load),
    get settings() {
      return settings();
    },
  };
  return made as unknown as DeclaredProvider<Name, State>;
}

export const secret = (description: string) => z.string().min(1).describe(description).meta({ secret: true });

/** An API root: https, or http to this machine only, because credentials travel with every request. */
export const baseUrl = (description: string) =>
  z
    .string()
    .describe(description)
    .transform((text, context) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
      if (!url || !secure || url.username || url.search || url.hash) {
        context.addIssue({
          code: 'custom',
          message: 'must be an https address (http only to this machine), without credentials, query or fragment',
        });
        return z.NEVER;
      }
      return withoutEnd(url.href, '/');
    });
