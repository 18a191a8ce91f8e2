import type { Answer } from '../answers/answer.ts';

import type { Row } from '../base/json-value.ts';
import type { CallHistory } from '../calls/history.ts';
import type { CallerServices, Chains } from '../calls/services.ts';
import { resolveTime } from '../calls/times.ts';
import type { Chain } from '../operations/chain.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import { checkChain, type ToolLookup } from './check.ts';
import { badChain, readChain } from './form.ts';
import type { FoundChain, Library } from './library.ts';
import { parametersOf, resolveReferences } from './references.ts';
import { type ChainCalls, runChain } from './run.ts';
import { nothingToSave, stepsOf, withParameters } from './save.ts';

export interface ChainParts {
  shared: CallerServices;
  library: Library;
  calls: ChainCalls;
  lookup: ToolLookup;
  history: CallHistory;
}

export function createChains({ shared, library, calls, lookup, history }: ChainParts): Chains {
  async function found(given: string): Promise<FoundChain> {
    if (/^\s*\{/.test(given)) return { chain: readChain(given, 'The chain'), text: given };
    return library.get(given.replace(/^chain:\/\//, ''));
  }

  /** @throws Fault `bad_arguments` that names every mistake */
  async function checked({ chain, text }: FoundChain, given: Row): Promise<Row> {
    const wrong = await checkChain(chain, lookup, text);
    if (wrong.length > 0) throw badChain(`${chain.name}: ${wrong.join('; ')}`);
    const { values, missing, unknown } = parametersOf(chain, given);
    const known = Object.keys(chain.parameters ?? {}).join(', ') || 'none';
    if (missing.length > 0) throw badChain(`${chain.name} lacks the parameters ${missing.join(', ')}`);
    if (unknown.length > 0) throw badChain(`${chain.name} has no parameter ${unknown.join(', ')}; it has: ${known}`);
    return values;
  }

  async function secretsOf(name: string): Promise<ReadonlySet<string>> {
    const manifest = shared.catalog.operations.find(one => one.name === name);
    if (!manifest) return new Set();
    const { input } = await shared.catalog.load(manifest);
    return new Set(Object.keys(input.shape).filter(field => fieldMeta(fieldOf(input, field)).secret));
  }

  return {
    async run({ chain: given, parameters = {}, dryRun = false, consent, ...request }, call): Promise<Answer> {
      const one = await found(given);
      const values = await checked(one, parameters);
      if (dryRun) return preview(one.chain, values);
      const all = consent ? { ...calls, consent } : calls;
      return runChain(shared, all, { chain: one.chain, parameters: values, ...request }, call);
    },

    async save({ name, title, description, since, steps: given, parameters = {} }) {
      const now = shared.clock.now();
      const use = { now, zone: shared.timeZone };
      const from = since === undefined ? 0 : Date.parse(String((await resolveTime(since, 'since', {}, use)).value));
      const past = history.since(from);
      const secrets = new Map<string, ReadonlySet<string>>();
      for (const { name: tool, arguments: args } of past)
        for (const one of [tool, String(args['operation'] ?? '')]) secrets.set(one, await secretsOf(one));
      const steps = given ?? stepsOf(past, tool => secrets.get(tool) ?? new Set());
      if (steps.length === 0) throw nothingToSave();
      const plain = { chain: 1, name, title: title ?? name, ...(description ? { description } : {}), steps };
      const chain = withParameters(readChain(JSON.stringify(plain), 'The chain'), parameters);
      const wrong = await checkChain(chain, lookup);
      if (wrong.length > 0) throw badChain(`${name}: ${wrong.join('; ')}`);
      const path = await library.save(chain);
      return {
        kind: 'value',
        value: {
          uri: `chain://${name}`,
          path,
          steps: chain.steps.map(({ name: step, operation }) => `${step}: ${operation}`),
        },
      };
    },

    list: () => library.list(),
    get: name => found(name),
  };
}

/** What would be called, as far as it is known before. */
function preview(chain: Chain, parameters: Row): Answer {
  const rows = chain.steps.map(({ name, operation, arguments: given = {} }) => {
    const known = JSON.stringify(given).includes('"$steps.')
      ? withParametersOnly(given, parameters)
      : resolveReferences(given, parameters, new Map());
    return { step: name, operation, arguments: JSON.stringify(known) };
  });
  return {
    kind: 'rows',
    noun: 'steps',
    lead: `${chain.title} (${chain.name}): ${rows.length} steps. Nothing was sent.`,
    rows,
    page: { returned: rows.length, total: rows.length, complete: true, next: null },
    continued: false,
    warnings: [],
  };
}

/** References to steps stay as they are written. */
function withParametersOnly(value: unknown, parameters: Row): unknown {
  if (typeof value === 'string' && value.startsWith('$steps.')) return value;
  if (Array.isArray(value)) return value.map(one => withParametersOnly(one, parameters));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withParametersOnly(one, parameters)]));
  return resolveReferences(value, parameters, new Map());
}
