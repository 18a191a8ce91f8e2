import type { Answer, PageFacts } from '../answers/answer.ts';
import { countThatFit } from '../answers/fit-rows.ts';
import { countReasons, tellReasons } from '../answers/reasons.ts';
import type { Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { formatNumber, isWithinTokens, withoutEnd } from '../base/text.ts';
import type { CallerServices } from '../calls/services.ts';
import { nounOf } from '../operations/nouns.ts';
import { isListing, type Operation } from '../operations/operation.ts';
import type { Journal } from './journal.ts';
import {
  countOf,
  type FailedThing,
  type Outcome,
  type Plan,
  partsOf,
  pluralOf,
  type Tally,
  type Thing,
} from './plan.ts';

export type TableAnswer = Extract<Answer, { kind: 'rows' | 'result' }>;

/** Most rows that are kept in memory for an answer; no more of them would fit. */
const mostShown = 1_000;
const mostNamed = 5;

/** What was seen of the rows while they were stored. */
interface Seen {
  rows: Row[];
  count: number;
  /** Things that have rows. */
  having: number;
  /** Names of things that have more rows than were asked for. */
  cut: string[];
  reasons: Map<string, number>;
  warnings: Map<string, number>;
}

/** The rows of all things as one stored table, and what became of the things that have none. */
export async function answerBatch(
  shared: CallerServices,
  operation: Operation,
  journal: Journal,
): Promise<TableAnswer> {
  const { plan } = journal;
  const seen: Seen = { rows: [], count: 0, having: 0, cut: [], reasons: new Map(), warnings: new Map() };
  const rows = rowsOf(journal, seen);
  const noun = isListing(operation) ? nounOf(operation) : pluralOf(plan.noun.replaceAll('_', ' '));
  // Without a row there is nothing to store.
  const first = await rows.next();
  const result = first.done ? undefined : await store(shared, plan, noun, first.value, rows);
  const tally = journal.tally();
  const warnings = warningsOf(journal, seen, tally);
  const without = tally.failed.length + tally.unknown.length;
  const isWhole = tally.done === tally.total && without === 0 && seen.cut.length === 0;
  const page: PageFacts = { returned: seen.count, total: isWhole ? seen.count : null, complete: isWhole, next: null };
  const about = tellReasons(seen.reasons);
  const missing = tally.total - tally.done + (plan.changes ? 0 : tally.failed.length);
  const extent = [
    plan.changes
      ? `${operation.name}: done for ${formatNumber(seen.having)} of ${countOf(tally.total, plan.noun)}`
      : `${formatNumber(seen.count)} ${seen.count === 1 ? noun.replace(/s$/, '') : noun}, of ${formatNumber(seen.having)} of ${countOf(tally.total, plan.noun)}`,
    ...(missing > 0 ? [`${countOf(missing, plan.noun)} gave no answer`] : []),
    ...(seen.cut.length > 0 ? ['not all rows of each'] : []),
  ].join('; ');
  const failures = without > 0 ? { failures: without } : {};
  const isShort = seen.count <= mostShown && seen.rows.every(row => isWithinTokens(row, shared.fit.answerTokens));
  if (!result || (isShort && countThatFit(seen.rows, shared.fit.answerTokens) === seen.count))
    return {
      kind: 'rows',
      noun,
      lead: `${extent}.`,
      rows: seen.rows,
      page,
      continued: false,
      ...(result ? { result } : {}),
      ...(about ? { about } : {}),
      warnings,
      ...failures,
    };
  const summary = `${extent}. Stored because they do not fit one answer.`;
  return { kind: 'result', result, summary, page, ...(about ? { about } : {}), warnings, ...failures };
}

/** Each row with the thing that it belongs to; of a change, what came of each thing. */
async function* rowsOf({ plan, outcomes }: Journal, seen: Seen): AsyncGenerator<Row> {
  const things = new Map(plan.things.map(thing => [thing.key, thing]));
  for await (const outcome of outcomes()) {
    const thing = things.get(outcome.key) ?? { key: outcome.key, name: outcome.key };
    const rows = plan.changes ? [changeRow(plan, thing, outcome)] : readRows(plan, thing, outcome, seen);
    if (outcome.state === 'done' && rows.length > 0) seen.having += 1;
    seen.count += rows.length;
    seen.rows.push(...rows.slice(0, Math.max(0, mostShown - seen.rows.length)));
    yield* rows;
  }
}

/** Which thing a row belongs to. */
const columnsOf = ({ columns }: Plan, thing: Thing): Row =>
  Object.fromEntries(
    columns.flatMap(({ noun, keyColumn }, index) => {
      const { key, name } = partsOf(thing)[index] ?? thing;
      return [[noun, name], ...(keyColumn === '' ? [] : [[keyColumn, key]])];
    }),
  );

/** The rows of one thing, and what there is to say of them beside the table. */
function readRows(plan: Plan, thing: Thing, outcome: Outcome, seen: Seen): Row[] {
  if (outcome.state === 'unknown') return [];
  const { rows = [] } = outcome;
  const { more, warnings = [] } = outcome.state === 'done' ? outcome : {};
  const own = columnsOf(plan, thing);
  if (more) seen.cut.push(thing.name);
  for (const warning of warnings) count(seen.warnings, warning);
  countReasons(rows, seen.reasons);
  return rows.map(row => ({ ...own, ...row, ...own }));
}

/** What came of one change: the thing, how it went, and what the platform answered. */
function changeRow(plan: Plan, thing: Thing, outcome: Outcome): Row {
  const base = {
    ...columnsOf(plan, thing),
    outcome: outcome.state === 'unknown' ? 'may have been done' : outcome.state,
  };
  const [answered = {}] = outcome.state === 'unknown' ? [] : (outcome.rows ?? []);
  const error = outcome.state === 'done' ? null : outcome.message;
  return { ...base, error, ...answered, ...base };
}

const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

async function store(
  { results, clock }: CallerServices,
  plan: Plan,
  noun: string,
  first: Row,
  rows: AsyncGenerator<Row>,
) {
  const { operation, connection, arguments: names, rest, given, uri, things } = plan;
  const at = new Date(clock.now()).toISOString();
  async function* all() {
    yield first;
    yield* rows;
  }
  return results.write(
    {
      name: `${noun} of ${countOf(things.length, plan.noun)}`,
      mediaType: 'application/x-ndjson',
      source: { operation, arguments: names.length === 0 ? given : { ...rest, ...given }, connection, at },
      key: uri,
    },
    { rows: all() },
  );
}

/** In a few words, for a line about many. */
const codeWords: Readonly<Record<string, string>> = {
  missing_scope: 'no access',
  rate_limited: 'the quota is used up',
  upstream_down: 'the platform failed',
  timed_out: 'no answer in time',
};

/** What the platform said, the same for all that it said it of. */
const reasonOf = ({ code, message, name, key }: FailedThing): string =>
  codeWords[code] ??
  withoutEnd(message.replaceAll(`"${name}"`, 'it').replaceAll(name, 'it').replaceAll(key, 'it'), '.');

function warningsOf({ plan }: Journal, { cut, warnings }: Seen, { failed, unknown }: Tally): string[] {
  const total = countOf(plan.things.length, plan.noun);
  const [argument] = plan.arguments;
  const byReason = new Map<string, string[]>();
  for (const one of failed) {
    const reason = reasonOf(one);
    const alike = byReason.get(reason);
    if (alike) alike.push(one.name);
    else byReason.set(reason, [one.name]);
  }
  const lines = [...byReason].map(
    ([reason, names]) => `${formatNumber(names.length)} of ${total}: ${reason} (${firstOf(names, mostNamed)}).`,
  );
  if (failed.length > 0)
    lines.push(
      plan.changes || argument === undefined
        ? `To do these alone: call_for_each {"operation": "${plan.operation}", "rows": "${plan.uri}"}.`
        : `To ask for these alone: ${argument} "${plan.uri}".`,
    );
  if (unknown.length > 0)
    lines.push(
      `${formatNumber(unknown.length)} of ${total} may have been done, or not, and are not sent again: look first (${firstOf(
        unknown.map(({ name }) => name),
        mostNamed,
      )}).`,
    );
  if (cut.length > 0)
    lines.push(`${countOf(cut.length, plan.noun)} have more rows than limit: ${firstOf(cut, mostNamed)}.`);
  return [...lines, ...[...warnings].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text))];
}
