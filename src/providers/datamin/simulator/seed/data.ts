/** What the tasks of the invented shop make of what they get. */
export interface Scene {
  /** When the run started, ms. */
  at: number;
  random(): number;
}

type Fields = Record<string, unknown>;

const day = 86_400_000;

/** mulberry32. Numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const seasons = [0.8, 0.7, 0.9, 1, 1, 0.9, 0.8, 0.9, 1, 1.1, 1.5, 1.9];

/** How busy the shop is: Christmas fills it, February empties it. */
export const seasonOf = (at: number): number => seasons[new Date(at).getUTCMonth()] ?? 1;

/** How likely a query fails: in February the warehouse counts its stock and locks its tables for it. */
export const stockTaking = (at: number): number => (new Date(at).getUTCMonth() === 1 ? 0.22 : 0.012);

const cents = (value: number): number => Math.round(value * 100) / 100;
const pick = <Item>(items: readonly [Item, ...Item[]], random: () => number): Item =>
  items[Math.floor(random() * items.length)] ?? items[0];
const dateTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** The value in a payload. Throws a SyntaxError when its bytes are no JSON. */
const readJson = (input: unknown): unknown => (Buffer.isBuffer(input) ? JSON.parse(input.toString('utf8')) : input);

/** The same where a list is expected; anything else counts as an empty one. */
export function rowsIn(input: unknown): Fields[] {
  const value = readJson(input);
  return Array.isArray(value) ? value : [];
}

const sumOf = (rows: Fields[]): number => cents(rows.reduce((sum, row) => sum + Number(row['amount']), 0));

/** Yesterday's orders. */
export function ordersOf(_: unknown, { at, random }: Scene): Fields[] {
  const midnight = Math.floor(at / day) * day;
  const count = Math.round((28 + random() * 20) * seasonOf(at));
  return Array.from({ length: count }, (_, index) => ({
    amount: cents(9 + random() * random() * 190),
    country: pick(['DE', 'AT', 'FR', 'NL', 'DK'], random),
    created_at: dateTime(midnight - day + Math.floor((index / count) * day) + 7000),
    currency: 'EUR',
    customer_id: 1 + Math.floor(random() * 400),
    id: Math.floor(at / day) * 100 + index,
  }));
}

export const revenueOf = (orders: unknown): Fields[] => [{ value: sumOf(rowsIn(orders)) }];

export const averageOf = (orders: unknown): Fields[] => {
  const rows = rowsIn(orders);
  return [{ value: cents(sumOf(rows) / Math.max(rows.length, 1)) }];
};

/** CSV. */
export function revenueByCountry(orders: unknown): Buffer {
  const rows = rowsIn(orders);
  const countries = [...new Set(rows.map(row => String(row['country'])))].sort();
  const lines = countries.map(country => {
    const group = rows.filter(row => row['country'] === country);
    return `${country},${group.length},${sumOf(group).toFixed(2)}`;
  });
  return Buffer.from(['country,orders,revenue', ...lines, ''].join('\n'));
}

export const isBelowTarget = (revenue: unknown, { at }: Scene): boolean =>
  Number(rowsIn(revenue)[0]?.['value']) < 1750 * seasonOf(at);

/** The answer of the ledger's API, spaced as that one does. */
export const bookRevenue = (revenue: unknown, { at }: Scene): Buffer => {
  const entry = dateTime(at - day).slice(0, 10);
  return Buffer.from(`{"entry": "${entry}", "amount": ${rowsIn(revenue)[0]?.['value']}, "status": "booked"}`);
};

const customers = [
  'Zoë Brandt',
  'José Álvarez',
  'Łucja Nowak',
  '李小龙',
  "Niamh O'Shea",
  'Søren Dahl',
  'Ana',
  'Bo "B" Ek',
];

export const customersOf = (_: unknown, { random }: Scene): Fields[] =>
  customers.map((name, index) => ({ customer_id: index + 1, days_since_order: Math.floor(random() * 120), name }));

export const ticketsOf = (_: unknown, { random }: Scene): Fields[] =>
  customers.map((_, index) => ({ customer_id: index + 1, open_tickets: Math.floor(random() * 3) }));

/** Of customers and tickets, in that order. */
export function joinTickets(inputs: unknown): Fields[] {
  const [left = [], right = []] = rowsIn(inputs).map(rowsIn);
  return left.map((row, index) => ({ ...row, ...right[index] }));
}

export const customersAtRisk = (rows: unknown): Fields[] =>
  rowsIn(rows).filter(row => Number(row['days_since_order']) > 80 && row['open_tickets'] === 2);

export const letterTo = (customer: unknown): Buffer =>
  Buffer.from(`Dear ${(customer as Fields)['name']}, your pans miss you. Come back: 10 % off — today only.`);

/** XML. */
export const stockFeed = (): Buffer =>
  Buffer.from('<?xml version="1.0"?>\n<stock><item sku="PAN-28" left="14"/><item sku="WOK-32" left="3"/></stock>');

export const checkOrder = (order: unknown): Fields => ({ accepted: readJson(order) !== null, order: readJson(order) });

// The rows of the example on the vendor's page: amount, created at, currency, from, to; updated at where it differs.
const transfers: readonly [number, string, string, number, number, string?][] = [
  [299.76, '53:35', 'EUR', 1, 2],
  [11.01, '57:35', 'EUR', 1, 2, '53:35'],
  [11.01, '53:35', 'EUR', 1, 2],
  [1300, '54:26', 'USD', 3, 5],
  [1300, '54:26', 'USD', 3, 5],
  [1504.36, '54:39', 'USD', 5, 3],
  [34.89, '55:10', 'EUR', 4, 1],
  [564.89, '55:28', 'EUR', 1, 4],
  [1567.51, '55:28', 'EUR', 1, 4],
  [21.11, '56:06', 'EUR', 2, 1],
  [34.35, '56:26', 'USD', 3, 5],
  [112.56, '56:44', 'USD', 5, 3],
];

/** What the page's successful query answered, its failed one left behind, and what its other failed one did not. */
export const documentedOutputs = {
  rows: Buffer.from(
    JSON.stringify(
      transfers.map(([amount, created, currency, from, to, updated = created], index) => ({
        amount,
        created_at: `2022-09-30 18:${created}`,
        currency,
        customer_from_id: from,
        customer_to_id: to,
        id: index + 1,
        updated_at: `2022-09-30 18:${updated}`,
      })),
    ),
  ),
  dataSource: Buffer.from('fa2218cff7454623a1cdf3a689b20ec5', 'hex'),
  nothing: Buffer.alloc(0),
};
