import * as z from 'zod';
import { isFault } from '../../base/errors.ts';
import { isRow, type Row } from '../../base/json-value.ts';
import { parseTime, time } from '../../base/time.ts';
import { uriTemplate } from '../../operations/uri-template.ts';

export const text = (description: string) => z.string().optional().describe(description);
export const flag = (description: string) => z.boolean().optional().describe(description);
export const map = (description: string) => z.looseObject({}).describe(description);

/** Milliseconds since the epoch of a moment in any form: also of Unix milliseconds, which this vendor takes. */
export function momentOf(value: string | number, argument: string, now: number): number {
  const digits = String(value).trim();
  return /^\d{12,15}$/.test(digits) ? Number(digits) : parseTime(value, argument, now);
}

/** A moment that the vendor wants as ISO 8601. Null, where it may be taken back, stays null. */
export const isoMoment = (description: string, argument: string) =>
  time(description).meta({
    encode: (value: string | number | null, now: number) => (value === null ? null : isoOf(value, argument, now)),
  });

/** A moment that the vendor wants in Unix seconds, as a number or as text. */
export const unixMoment = (description: string, argument: string, as: typeof Number | typeof String = Number) =>
  time(description).meta({
    encode: (value: string | number, now: number) => as(Math.floor(momentOf(value, argument, now) / 1000)),
  });

/** Moments that stand by themselves, as they do in tables: "24h" ago would mean something else in each row. */
const absolute = /^(\d{4}-\d{2}-\d{2}([T ].*)?|\d{9,15}(\.\d+)?)$/;

/** A moment in a row of a table, as the platform wants it: `isoOf` or `dayOf`. */
export const inTable = (argument: string, write: typeof isoOf) =>
  z.union([z.string(), z.number()]).transform((given, context) => {
    try {
      if (absolute.test(String(given))) return write(given, argument, 0);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    context.addIssue({ code: 'custom', message: `"${given}" is no time` });
    return z.NEVER;
  });

export const iso = (ms: number): string => new Date(ms).toISOString();

export const isoOf = (value: string | number, argument: string, now: number): string =>
  iso(momentOf(value, argument, now));

/** The calendar day of a moment. What is written as a day, or begins with one, keeps it whatever its zone. */
export function dayOf(value: string | number, argument: string, now: number): string {
  const day = isoOf(value, argument, now).slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}/.exec(String(value).trim())?.[0] ?? day;
}

export const day = (description: string, argument: string) =>
  time(description, { isDay: true }).meta({
    encode: (value: string | number, now: number) => dayOf(value, argument, now),
  });

const service = z.union([z.string(), z.strictObject({ identifier: z.string(), name: z.string().optional() })]);

/** Services; identifiers alone are the older form, objects go on the wire. */
export const services = (description: string) =>
  z
    .array(service)
    .describe(description)
    .meta({
      encode: (given: z.output<typeof service>[] | null) =>
        given?.map(one => (typeof one === 'string' ? { identifier: one } : one)) ?? null,
    });

/** A commit as DX takes it; a shorter one names too many. */
export const sha = z.string().regex(/^[0-9a-f]{7,40}$/i, 'must be a SHA of 7 to 40 characters, better the whole one');
export const commitSha = (description: string) => sha.optional().describe(description);

/** "commit_sha needs repository", of the arguments that are given without it. */
export function lacksRepository(args: Row, ...names: readonly string[]): string | undefined {
  const alone = names.find(name => args[name] !== undefined);
  return alone === undefined || args['repository'] !== undefined ? undefined : `${alone} needs repository (org/repo)`;
}

/** The key of a value that is named by its id, or by what it is about and its key. */
export function lacksKey({
  id,
  reference,
  key,
}: {
  id?: unknown;
  reference?: unknown;
  key?: unknown;
}): string | undefined {
  if (id !== undefined || (reference !== undefined && key !== undefined)) return undefined;
  if (reference !== undefined) return 'reference needs key; or give id alone';
  return key === undefined ? 'give reference and key, or id' : 'key needs reference; or give id alone';
}

export const required = (description: string) => z.string().min(1).describe(description);
export const ids = (description: string) => z.array(z.string()).describe(description);
/** Objects of so many fields that the description names them; a schema of each would cost every model its tokens. */
export const maps = (description: string) => z.array(z.custom<Row>(isRow, 'must be an object')).describe(description);

/** Reads the key out of a URI of ours, as answers and resources show it: `dx://teams/NjA2`. */
export const inUri = (kind: string) => {
  const template = uriTemplate(`dx://${kind}/{key}`);
  return (uri: string) => template.match(uri)?.['key'];
};

/** For methods whose answer says nothing but `ok`; what it says besides passes. */
export const done = {
  output: z.looseObject({ ok: z.boolean() }),
  repair: (body: unknown): Row & { ok: boolean } => ({ ...(isRow(body) ? body : {}), ok: true }),
};

/** The answer without `ok`, which is text on one page and absent on others. */
export function withoutOk(body: unknown): unknown {
  if (!isRow(body)) return body;
  const { ok: _, ...rest } = body;
  return rest;
}

/** The payload beside `ok`; the body without `ok` where it stands there without a name. */
export const payload =
  (name: string) =>
  (body: unknown): unknown => {
    const rest = withoutOk(body);
    return isRow(rest) ? (rest[name] ?? rest) : rest;
  };
