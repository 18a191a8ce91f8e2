import * as z from 'zod';
import { parseTime, type TimeUse, time } from '../../base/time.ts';
import { decoded } from '../../http/path.ts';

// The host is dropped whatever it is: a credential goes to the connection's own address only.
function pathOf(uri: string, listing: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, host, pathname } = new URL(uri);
  // Resources of this server: `dataops://projects/{project}/...`.
  if (protocol === 'dataops:') return host === listing ? decode(pathname.split('/')[1]) : undefined;
  const [, own] = pathname.match(new RegExp(`/api/v4/${listing}/([^/]+)`)) ?? [];
  if (own !== undefined) return decode(own);
  const [beforeDash = ''] = pathname.replace(/\/-$/, '').split('/-/', 1);
  // No project can be called as the pages of one are.
  const [path = ''] = beforeDash.split(/\/(?:tree|blob|raw|commits?|blame)\//, 1);
  return decode(barePath(path).replace(/^groups\//, ''));
}

const decode = (text = '') => decoded(text) || undefined;

/** Without the slashes around it and the ending of a clone. */
const barePath = (path: string) =>
  path
    .replace(/^\//, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');

/** `git@host:g/p.git`, `/g/p/` and `g%2Fp` as `g/p`. */
function tidyPath(text: string): string {
  const path = text.trim().replace(/^[\w.-]+@[\w.-]+:/, '');
  return barePath(/%2f/i.test(path) ? (decode(path) ?? path) : path);
}

/** The number after `/-/pipelines/` and the like, also in our own URIs and the API's. */
export const numberAfter = (segment: string) => (uri: string) => uri.match(new RegExp(`/${segment}/(\\d+)`))?.[1];

export const projectIn = (uri: string): string | undefined => pathOf(uri, 'projects');

export const project = z
  .string()
  .min(1)
  .describe('Project: number, full path or web URL')
  .meta({ fromUri: projectIn, tidy: tidyPath });

export const group = z
  .string()
  .min(1)
  .describe('Group: number, full path or web URL')
  .meta({ fromUri: (uri: string) => pathOf(uri, 'groups'), tidy: tidyPath });

export const ref = z.string().min(1).describe('Branch or tag');

/**
 * A thing with a number; `segment` is what stands before it in web URLs, which may be pasted. `listing`: where such
 * things are found, and the property of its rows that has the number.
 */
export const id = (description: string, segment: string, listing?: string, key = 'id') =>
  z
    .string()
    .regex(/^\d+$/)
    .describe(description)
    .meta({ fromUri: numberAfter(segment), ...(listing ? { foundIn: { listing, key } } : {}) });

export const search = z.string().optional().describe('Text to look for');
export const sort = z.enum(['asc', 'desc']).optional().describe('Direction');
const moment = (description: string, use?: TimeUse) =>
  time(description, use)
    .optional()
    .meta({
      encode: (value: string | number, now: number, name: string) =>
        new Date(parseTime(value, name, now)).toISOString(),
    });
export const since = (what: string) => moment(`${what} after`);
/** The end of a window; `start` is the argument it starts with. */
export const until = (what: string, start: string) =>
  moment(`${what} before`, { edge: 'end' }).meta({ notBefore: start });
export const flag = (description: string) => z.boolean().optional().describe(description);
export const text = (description: string) => z.string().optional().describe(description);

const levels = { guest: 10, planner: 15, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

export type Role = keyof typeof levels;

/** The word for what the platform counts. */
export const roleOf = (level: unknown): string =>
  Object.entries(levels).find(([, number]) => number === level)?.[0] ?? `a role of level ${String(level)}`;

/** A role by its word; the platform counts them. */
export const role = (description: string) =>
  z
    .enum(Object.keys(levels) as [Role, ...Role[]])
    .describe(description)
    .meta({ encode: (word: Role) => levels[word] });

export const minimumRole = role('Only where this role or a higher one is held')
  .meta({ wire: 'min_access_level' })
  .optional();

/** For routes that answer with nothing of use: a deletion's 204, for example. */
export const done = {
  output: z.looseObject({ done: z.boolean() }),
  repair: () => ({ done: true }),
};

/** The project that examples name; it is in the sandbox. */
export const drillAssays = { project: 'meridian/data/drill-assays' };
