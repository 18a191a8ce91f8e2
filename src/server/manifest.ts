import { outputSchema, toolOutput } from '../answers/schema.ts';
import { toolInput } from '../calls/tool-input.ts';
import type {
  GeneralToolManifest,
  Manifest,
  OperationDetails,
  OperationManifest,
  PlatformManifest,
} from '../catalog/manifest.ts';
import { jsonSchema } from '../operations/json-schema.ts';
import { isListing, type Operation, platformOf } from '../operations/operation.ts';
import { publishedInput } from '../operations/published-input.ts';
import { answerWords, type Contract, evidenceOf } from '../providers/contract.ts';
import { providers } from '../providers/index.ts';
import { operationsOf, type ProviderCode } from '../providers/provider.ts';
import { generalTools } from '../tools/general.ts';
import type { GeneralTool } from '../tools/general-tool.ts';

let made: Promise<Manifest> | undefined;

/**
 * Works the facts out of the records, once. The build runs this, keeps the outcome in files, and puts `manifest-built.ts` in
 * its place: loading every record and converting every schema would be most of the time that a start takes.
 */
export function loadManifest(): Promise<Manifest> {
  made ??= makeManifest();
  return made;
}

async function makeManifest(): Promise<Manifest> {
  const loaded = await Promise.all(providers.map(async provider => [provider.name, await provider.load()] as const));
  const records = new Map(loaded.flatMap(([, code]) => operationsOf(code).map(record => [record.name, record])));
  const words = loaded.flatMap(([, code]) => operationsOf(code).map(record => [record.name, wordsOf(record, code)]));
  const ownWords = generalTools.map(({ name, words: its = '' }) => [name, its]);
  return {
    platforms: Object.fromEntries(loaded.map(([name, code]) => [name, platformManifest(code)])),
    words: async () => Object.fromEntries([...words, ...ownWords].filter(([, its]) => its !== '')),
    general: generalTools.map(generalToolManifest),
    details: async ({ name, platform }) =>
      operationDetails(records.get(name) as Operation, await readContract(platform)),
  };
}

/** The contract of a platform. Only this and simulators read it: the program that is built has what it says already. */
export async function readContract(platform: string): Promise<Contract> {
  const { default: contract } = (await import(`../providers/${platform}/contract.json`)) as { default: Contract };
  return contract;
}

/** Its own, and those of the things that its name names. */
function wordsOf({ name, words = '' }: Operation, { nouns = {} }: ProviderCode): string {
  const things = Object.entries(nouns).filter(([noun]) => `${name}_`.includes(`_${noun}`));
  return [words, ...things.map(([, its]) => its)].filter(Boolean).join(', ');
}

function generalToolManifest({
  call: _,
  words: __,
  wants: ___,
  input,
  output,
  ...rest
}: GeneralTool): GeneralToolManifest {
  const published = publishedInput(jsonSchema(input, 'input'));
  return { ...rest, input: published, ...(output ? { output: outputSchema(output) } : {}) };
}

function platformManifest({ toolsets, runs }: ProviderCode): PlatformManifest {
  const operations = toolsets.flatMap(({ name, operations }) => operations.map(one => operationManifest(one, name)));
  return { operations, runs: runs.map(({ noun, uri }) => ({ noun, uri })) };
}

function operationManifest(operation: Operation, toolset: string): OperationManifest {
  const { name, route, risk, summary, api, scopes, resource, starts } = operation;
  return {
    name,
    platform: platformOf(operation),
    route,
    risk,
    ...(operation.idempotent ? { idempotent: true } : {}),
    summary,
    toolset,
    ...(api ? { api } : {}),
    ...(scopes ? { scopes } : {}),
    lists: isListing(operation),
    starts: starts !== undefined,
    ...(operation.collect ? { collects: true } : {}),
    ...(resource ? { resource } : {}),
  };
}

function operationDetails(operation: Operation, contract: Contract): OperationDetails {
  const input = publishedInput(toolInput(operation).accepted);
  const output = outputSchema(toolOutput(operation));
  const words = answerWords(contract, operation);
  return {
    evidence: evidenceOf(contract, operation),
    ...(words && { words }),
    example: operation.example,
    input,
    output,
  };
}
