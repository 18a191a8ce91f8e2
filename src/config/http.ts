import * as z from 'zod';
import { lazy } from '../base/lazy.ts';
import { isLoopback } from '../http/addresses.ts';
import { timeZone } from './time-zone.ts';

const flag = () => z.union([z.boolean(), z.stringbool()]);

/** Names from a list, or from a text with commas. */
const names = () =>
  z.union([
    z.array(z.string()),
    z.string().transform(text =>
      text
        .split(',')
        .map(part => part.trim())
        .filter(Boolean),
    ),
  ]);

// Tables are made when somebody looks: a server over stdio looks at none of them.

/**
 * What an operator can set for `data-platforms-mcp http` anywhere. One table gives the key under "http" in the
 * configuration file, the variable `DATA_PLATFORMS_HTTP_<KEY>`, the flag `--<key>` of the command and the row in the
 * documentation.
 */
export const httpOptions = lazy(() =>
  z.strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on; any other than loopback needs callers'),
    port: z.coerce.number().int().min(0).max(65_535).default(3333).describe('Port to listen on; 0 takes a free one'),
    public_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Address of /mcp as clients reach it, where a proxy stands in front'),
    allowed_hosts: names()
      .optional()
      .describe('Host names that requests may name, besides loopback and that of the public URL, comma-separated'),
    allowed_origins: names()
      .optional()
      .describe('Host names of web pages that may send requests, comma-separated (default: the allowed hosts)'),
    allow_unauthenticated: flag()
      .default(false)
      .describe('Listen beyond loopback although nobody has to say who they are: everybody who reaches it may use it'),
    legacy_sessions: flag()
      .default(false)
      .describe('Sessions for clients older than 2026-07-28, which can be asked and told things only in one'),
    sse: flag().default(false).describe('Serve clients of revision 2024-11-05 too: GET /sse and POST /messages'),
    two_step: names()
      .default([])
      .describe('Callers whose client cannot ask its person, comma-separated: they agree in two calls with a token'),
    body_limit_mib: z.coerce.number().positive().max(64).default(4).describe('Size of one request, MiB'),
    calls_per_caller: z.coerce.number().int().min(1).default(32).describe('Calls that one caller may have at once'),
  }),
);

const staticToken = lazy(() =>
  z.strictObject({
    name: z.string().min(1).describe('Who has it'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
      .describe('SHA-256 of the token; data-platforms-mcp token makes both'),
    groups: z.array(z.string()).default([]).describe('Groups, for "access"'),
    time_zone: timeZone().optional().describe('Zone of times without one (default: that of the server)'),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })])
      .optional()
      .describe('Day or time from which on it is refused'),
  }),
);

/** Who could change what comes from there could make tokens, so it is https beyond this machine. */
const trusted = () =>
  z
    .url({ protocol: /^https?$/ })
    .refine(url => url.startsWith('https:') || isLoopback(new URL(url).hostname), 'must be an https address');

const oauth = lazy(() =>
  z.strictObject({
    issuer: trusted().describe('The authorization server, as `iss` names it'),
    audience: z.string().min(1).describe('What `aud` has to hold: usually the public URL'),
    jwks_uri: trusted().optional().describe('Its public keys (default: as its metadata say)'),
    algorithms: z
      .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
      .min(1)
      .default(['RS256', 'ES256'])
      .describe('Signatures that are believed'),
    required_scopes: z.array(z.string()).default([]).describe('Scopes that every request needs'),
    write_scopes: z
      .array(z.string())
      .default([])
      .describe('Scopes that a call needs besides, when it changes something'),
    subject_claim: z.string().default('sub').describe('Claim that names the caller'),
    groups_claim: z.string().default('groups').describe('Claim with the groups of the caller, for "access"'),
  }),
);

const accessRule = lazy(() =>
  z
    .strictObject({
      subjects: z.array(z.string()).default([]).describe('Callers: names of tokens, or subjects; "*" is everybody'),
      groups: z.array(z.string()).default([]).describe('Groups of callers'),
      connections: z.array(z.string()).describe('Connections that these callers may use'),
    })
    .describe('A rule'),
);

/** Everything, including what has parts and what is secret: the file has all of it. */
export const httpSettings = lazy(() =>
  httpOptions().extend({
    state_key: z
      .string()
      .min(32)
      .optional()
      .describe(
        'Signs what clients give back, at least 32 characters; replicas need the same (default: made at the start)',
      ),
    state_key_file: z.string().optional().describe('File that holds the state key'),
    operators: z
      .array(z.string())
      .default([])
      .describe('Names of callers who may read /metrics, where callers are known: ["anna"]'),
    tokens: z.array(staticToken()).default([]).describe('Bearer tokens of callers'),
    oauth: oauth().optional().describe('Tokens of an OAuth 2.1 authorization server'),
    access: z
      .array(accessRule())
      .optional()
      .describe('Who may use which connections; without it, every caller may use all'),
  }),
);

export type HttpSettings = z.output<ReturnType<typeof httpSettings>>;
export type StaticToken = z.output<ReturnType<typeof staticToken>>;
export type OAuthSettings = z.output<ReturnType<typeof oauth>>;
export type AccessRule = z.output<ReturnType<typeof accessRule>>;

/** The parts of settings that have some, for the documentation. */
export const settingParts = () => ({ tokens: staticToken(), oauth: oauth(), access: accessRule() });
