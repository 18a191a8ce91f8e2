import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { LruMap } from '../base/lru-map.ts';
import { firstOf, nearest } from '../base/nearest.ts';
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

export const such = ({ only }: Reference, rows: Row[]): Row[] => (only ? rows.filter(only) : rows);

/** Of a call's arguments those that the listing takes too: the project of an artefact, for example. */
export const ownArguments = ({ input }: Operation, args: Row): Row =>
  Object.fromEntries(Object.entries(args).filter(([name]) => fieldOf(input, name)));

const listingKey = (listing: Operation, args: Row, { connection }: OperationContext) =>
  JSON.stringify([connection.name, listing.name, ownArguments(listing, args)]);

function find({ key, label }: Reference, value: string, rows: Row[]): string | undefined {
  const keyOf = (row: Row) => String(row[key]);
  const exact = rows.find(row => keyOf(row) === value);
  if (exact) return keyOf(exact);
  const fold = (text: unknown) =>
    String(text ?? '')
      .trim()
      .toLowerCase();
  const same = rows.filter(row => row[label] === value);
  const alike = same.length ? same : rows.filter(row => fold(row[label]) === fold(value));
  if (alike.length > 1)
    throw new Fault({
      code: 'bad_arguments',
      message: `${alike.length} things are called "${value}".`,
      hint: `Give one of these ids instead: ${alike.map(keyOf).join(', ')}.`,
    });
  return alike[0] && keyOf(alike[0]);
}

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
