import { join } from 'node:path';
import { Fault } from '../base/errors.ts';
import { type Caller, localCaller } from '../callers/caller.ts';
import { callOperation } from '../calls/call.ts';
import { manyArguments } from '../calls/many/arguments.ts';
import type { CallerServices, Chains } from '../calls/services.ts';
import { createChains } from '../chains/chains.ts';
import { type KnownTool, type Made, mayHoldResult } from '../chains/check.ts';
import { openLibrary } from '../chains/library.ts';
import type { Config } from '../config/config.ts';
import type { Chain } from '../operations/chain.ts';
import { jsonSchema } from '../operations/json-schema.ts';
import { fieldMeta, isListing, isReading, type Operation } from '../operations/operation.ts';
import { chainsFolderName, defaultResultsDirectory } from '../results/store/places.ts';
import { ownerFolder, ownerFolderName } from '../results/store/sweep.ts';
import type { ToolSet } from '../tools/registry.ts';

/** Where the chains of a caller are kept: beside the results, and not removed with them. */
export async function chainsFolder(
  { results_dir }: Pick<Config, 'results_dir'>,
  { callerId }: Caller,
): Promise<string> {
  const root = results_dir ?? (await defaultResultsDirectory());
  return join(
    callerId === localCaller.callerId ? root : ownerFolder(root, ownerFolderName(callerId)),
    chainsFolderName,
  );
}

/** The chains of one caller, over the tools that the caller has and the operations that are not listed. */
export async function openChains(shared: CallerServices, tools: ToolSet, config: Config): Promise<Chains> {
  const { catalog, history } = shared;
  const unlisted = (name: string) => catalog.unlisted.find(operation => operation.name === name);
  const operation = (name: string) => catalog.operations.find(one => one.name === name);

  async function lookup(name: string): Promise<KnownTool> {
    const known = operation(name);
    if (known) {
      const { input, output } = await catalog.details(known);
      const record = await catalog.load(known);
      const many = manyArguments(record, jsonSchema(record.input, 'input'));
      return { input, many, makes: madeBy(record, output), wants: wantsOf(record) };
    }
    const tool = (await tools.list()).find(one => one.name === name);
    // Says what it is called, or why it is not here.
    if (!tool) throw noTool(name, () => catalog.get(name));
    const { generalTools } = await import('../tools/general.ts');
    const wants = generalTools.find(one => one.name === name)?.wants ?? {};
    // What the server's own tools make depends on what they are given.
    return { input: tool.inputSchema, many: [], makes: { result: 'any', run: true }, wants };
  }

  /** Of the connected platforms, as far as their steps are all there. */
  async function shipped(): Promise<Chain[]> {
    const codes = await Promise.all(shared.connections.platforms.map(provider => provider.load()));
    const names = new Set((await tools.list()).map(({ name }) => name));
    const isThere = (name: string) => names.has(name) || operation(name) !== undefined;
    return codes
      .flatMap(({ chains = [] }) => chains)
      .filter(({ steps }) => steps.every(step => isThere(step.operation)));
  }

  return createChains({
    shared,
    history,
    lookup,
    library: openLibrary(await chainsFolder(config, shared.caller), shipped),
    calls: {
      async answer(name, args, call) {
        const found = unlisted(name);
        return found ? callOperation(shared, await catalog.load(found), args, call) : tools.answer(name, args, call);
      },
      isRepeatable(name) {
        const known = operation(name);
        if (known) return isReading(known) || known.idempotent === true || known.starts;
        return !tools.writes(name);
      },
    },
  });
}

/** What a step of an operation leaves, as far as its record tells. */
function madeBy(record: Operation, output: unknown): Made {
  const run = record.starts !== undefined;
  if (isListing(record)) return { result: 'table', run };
  if (record.collect) return { result: record.collects ?? 'any', run };
  if (record.starts) {
    const after = record.starts.run.result?.operation();
    return { result: after ? (after.collects ?? 'any') : 'none', run };
  }
  return { result: mayHoldResult(output) ? 'any' : 'none', run };
}

/** Data that is sent as CSV or row by row has to be a table. */
const wantsOf = ({ input }: Operation): KnownTool['wants'] =>
  Object.fromEntries(
    Object.entries(input.shape).flatMap(([name, field]) => {
      const { source } = fieldMeta(field);
      return source === undefined ? [] : [[name, source === 'csv' ? 'table' : 'result'] as const];
    }),
  );

function noTool(name: string, get: () => unknown): Fault {
  try {
    get();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  return new Fault({ code: 'unknown_operation', message: `There is no tool "${name}" here.`, hint: '' });
}
