import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { LruMap } from '../base/lru-map.ts';
import { firstOf, nearest } from '../base/nearest.ts';
import { lookalike } from '../base/unicode/visible.ts';
import { fieldOf, type Operation, type OperationContext, type Reference } from '../operations/operation.ts';

/** How long names of things may be remembered, in ms. A name that is not found is looked up afresh anyway. */
const freshFor = 300_000;
const mostListings = 200;

/** Turns what people call a thing into the key that the platform wants. Remembers listings for five minutes. */
export class References {
  readonly #clock: Clock;
  readonly #listings = new LruMap<{ at: number; rows: Row[] }>(mostListings);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async resolve(reference: Reference, value: string, args: Row, context: OperationContext): Promise<string> {
    if (reference.keyForm?.test(value)) return value;
    try {
      return await this.#lookUp(reference, value, args, context);
    } catch (error) {
      // A credential that may not list can still know keys, and the platform says what it thinks of this one.
      if (isFault(error, 'missing_scope')) return value;
      throw error;
    }
  }

  async #lookUp(reference: Reference, value: string, args: Row, context: OperationContext): Promise<string> {
    const listing = reference.list();
    if (reference.search !== undefined) {
      // Such listings are too long to be read whole for one name.
      const like = { ...ownArguments(listing, args), [reference.search]: value };
      const rows = await context.rows(listing, like);
      // A search may look at names alone, so what may be a key is for the platform to judge.
      const alike = such(reference, rows);
      return find(reference, value, alike) ?? (/\s/.test(value) ? found(reference, value, alike) : value);
    }
    const { rows, remembered } = await this.rows(listing, args, context);
    const known = find(reference, value, such(reference, rows));
    if (known !== undefined) return known;
    const latest = remembered ? (await this.rows(listing, args, context, 0)).rows : rows;
    return found(reference, value, such(reference, latest));
  }

  labelOf(reference: Reference, key: string, args: Row, context: OperationContext): string {
    const listing = reference.list();
    const known =
      listing.configured?.(context.connection) ?? this.#listings.get(listingKey(listing, args, context))?.rows;
    const row = known?.find(one => one[reference.key] === key);
    return row ? String(row[reference.label]) : key;
  }

  /** The rows of a listing, at most `maxAge` ms old. */
  async rows(
    listing: Operation,
    args: Row,
    context: OperationContext,
    maxAge = freshFor,
  ): Promise<{ rows: Row[]; remembered: boolean }> {
    const known = this.#listings.get(listingKey(listing, args, context));
    if (known && this.#clock.now() - known.at < maxAge) return { rows: known.rows, remembered: true };
    const rows = await context.rows(listing, ownArguments(listing, args));
    this.remember(listing, args, context, rows);
    return { rows, remembered: false };
  }

  /** Takes note of a listing that was read whole for another reason. */
  remember(listing: Operation, args: Row, context: OperationContext, rows: Row[]): void {
    this.#listings.set(listingKey(listing, args, context), { at: this.#clock.now(), rows });
  }
}

/** Of a listing's rows those that the reference means; the same list for the same rows. */
export function such({ only }: Reference, rows: Row[]): Row[] {
  if (!only) return rows;
  const known = meant.get(rows) ?? new Map<(row: Row) => boolean, Row[]>();
  meant.set(rows, known);
  const its = known.get(only) ?? rows.filter(only);
  known.set(only, its);
  return its;
}

const meant = new WeakMap<Row[], Map<(row: Row) => boolean, Row[]>>();

/** Of a call's arguments those that the listing takes too: the project of an artefact, for example. */
export const ownArguments = ({ input }: Operation, args: Row): Row =>
  Object.fromEntries(Object.entries(args).filter(([name]) => fieldOf(input, name)));

const listingKey = (listing: Operation, args: Row, { connection }: OperationContext) =>
  JSON.stringify([connection.name, listing.name, ownArguments(listing, args)]);

/** Rows of a listing by what they can be called: a call may name thousands of them. */
interface NameIndex {
  keys: ReadonlySet<string>;
  /** Keys by label as it is, and without regard to case and white space around it. */
  exact: ReadonlyMap<unknown, readonly string[]>;
  folded: ReadonlyMap<string, readonly string[]>;
}

const indexes = new WeakMap<readonly Row[], Map<string, NameIndex>>();

const fold = (text: unknown) =>
  lookalike(String(text ?? ''))
    .trim()
    .toLowerCase();

function indexOf({ key, label }: Reference, rows: readonly Row[]): NameIndex {
  const own = indexes.get(rows) ?? new Map<string, NameIndex>();
  indexes.set(rows, own);
  const fields = JSON.stringify([key, label]);
  const known = own.get(fields);
  if (known) return known;
  const [exact, folded] = [new Map<unknown, string[]>(), new Map<string, string[]>()];
  const add = <Name>(map: Map<Name, string[]>, name: Name, row: Row) => {
    const same = map.get(name);
    if (same) same.push(String(row[key]));
    else map.set(name, [String(row[key])]);
  };
  for (const row of rows) {
    add(exact, row[label], row);
    add(folded, fold(row[label]), row);
  }
  const index = { keys: new Set(rows.map(row => String(row[key]))), exact, folded };
  own.set(fields, index);
  return index;
}

function find(reference: Reference, value: string, rows: Row[]): string | undefined {
  const { keys, exact, folded } = indexOf(reference, rows);
  if (keys.has(value)) return value;
  const alike = exact.get(value) ?? folded.get(fold(value)) ?? [];
  if (alike.length > 1)
    throw new Fault({
      code: 'bad_arguments',
      message: `${alike.length} things are called "${value}".`,
      hint: `Give one of these ids instead: ${firstOf(alike, mostIds)}.`,
    });
  return alike[0];
}

const mostIds = 50;

function found(reference: Reference, value: string, rows: Row[]): string {
  const key = find(reference, value, rows);
  if (key === undefined) throw unknown(reference, value, rows);
  return key;
}

function unknown({ list, key, label, search }: Reference, value: string, rows: Row[]): Fault {
  const listing: Operation = list();
  const nameOf = (row: Row) => String(row[label] ?? row[key]);
  const near = nearest(
    value,
    rows.flatMap(row => [nameOf(row), String(row[key])]),
  );
  const labels = rows.map(row => `"${nameOf(row)}"`);
  return new Fault({
    code: 'not_found',
    message: `${listing.name} shows nothing called "${value}".`,
    hint: [
      near && `Did you mean "${near}"?`,
      labels.length
        ? `There are: ${firstOf(labels, 8)}.`
        : `${listing.name} ${search ? 'finds none like it' : 'is empty for these arguments'}.`,
    ]
      .filter(Boolean)
      .join(' '),
  });
}
