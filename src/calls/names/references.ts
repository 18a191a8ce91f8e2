import type { Clock } from '../../base/clock.ts';
import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { LruMap } from '../../base/lru-map.ts';
import { firstOf } from '../../base/nearest.ts';
import type { Operation, OperationContext, Reference } from '../../operations/operation.ts';
import { find, matchingRows, nearestName, ownArguments, rowsWithKey } from './name-index.ts';
import { rowsLike } from './rows-like.ts';

/** How long names of things may be remembered, in ms. A name that is not found is looked up afresh anyway. */
const freshFor = 300_000;
const mostListings = 200;

/** Rows of a search that are looked through for one name. */
const mostAlike = 200;

/** Turns what people call a thing into the key that the platform wants. Remembers listings for five minutes. */
export class References {
  readonly #clock: Clock;
  readonly #listings = new LruMap<{ at: number; rows: Row[] }>(mostListings);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param reads a reading takes what is meant otherwise; a change is told what to write */
  async resolve(
    reference: Reference,
    value: string,
    args: Row,
    context: OperationContext,
    reads = true,
  ): Promise<string> {
    if (reference.keyForm?.test(value)) return value;
    try {
      return await this.#lookUp(reference, value, args, context, reads);
    } catch (error) {
      // A credential that may not list can still know keys, and the platform says what it thinks of this one.
      if (isFault(error, 'missing_scope')) return value;
      throw error;
    }
  }

  async #lookUp(
    reference: Reference,
    value: string,
    args: Row,
    context: OperationContext,
    reads: boolean,
  ): Promise<string> {
    const listing = reference.list();
    if (reference.search !== undefined) {
      // Such listings are too long to be read whole for one name.
      const like = { ...ownArguments(listing, args), [reference.search]: value };
      const rows = await context.rows(listing, like, mostAlike);
      const key = find(reference, value, matchingRows(reference, rows));
      if (key !== undefined) return key;
      // Of an e-mail address platforms tell whose it is, and do not show it.
      const [only] = rows;
      if (only && rows.length === 1 && isEmail(value)) return String(only[reference.key]);
      const other = await reference.otherwise?.(value, args, context);
      if (other) return meantOtherwise(value, other, reads);
      // A search may look at names alone, so what may be a key is for the platform to judge.
      return /\s/.test(value) ? found(reference, value, await rowsLike(reference, value, args, context)) : value;
    }
    const { rows, remembered } = await this.rows(listing, args, context);
    const known = find(reference, value, matchingRows(reference, rows));
    if (known !== undefined) return known;
    const latest = remembered ? (await this.rows(listing, args, context, 0)).rows : rows;
    return found(reference, value, matchingRows(reference, latest));
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
    const own = ownArguments(listing, args);
    const rows = await context.rows(listing, own);
    this.remember(listing, own, context, rows);
    return { rows, remembered: false };
  }

  /** Takes note of a listing that was read whole for another reason; of one that was narrowed it takes none. */
  remember(listing: Operation, args: Row, context: OperationContext, rows: Row[]): void {
    const own = ownArguments(listing, args);
    if (Object.entries(args).some(([name, value]) => value !== undefined && !Object.hasOwn(own, name))) return;
    this.#listings.set(listingKey(listing, args, context), { at: this.#clock.now(), rows });
  }
}

const isEmail = (text: string): boolean => !/\s/.test(text) && text.indexOf('@') > 0 && text.includes('.');

const listingKey = (listing: Operation, args: Row, { connection }: OperationContext) =>
  JSON.stringify([connection.name, listing.name, ownArguments(listing, args)]);

function meantOtherwise(value: string, { key, is }: { key: string; is: string }, reads: boolean): string {
  if (reads) return key;
  throw new Fault({
    code: 'bad_arguments',
    message: `There is no "${value}"; ${is} is "${key}".`,
    hint: `Nothing was sent. Call again with "${key}".`,
  });
}

function found(reference: Reference, value: string, rows: Row[]): string {
  const key = find(reference, value, rows);
  if (key === undefined) throw unknown(reference, value, rows);
  return key;
}

function unknown(reference: Reference, value: string, rows: Row[]): Fault {
  const { list, key, label, search } = reference;
  const listing: Operation = list();
  const nameOf = (row: Row) => String(row[label] ?? row[key]);
  const near = nearestName(reference, value, rows);
  const labels = rowsWithKey(reference, rows).map(row => `"${nameOf(row)}"`);
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
