import { isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf, nearest } from '../base/nearest.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';
import { parametersIn, stepsIn, textsOf } from './references.ts';

/** A tool as far as a chain has to know it. */
export interface KnownTool {
  /** JSON Schema of its arguments. */
  input: Row;
  makes: Made;
  /** Its arguments that may stand for many things: then it makes a table, whatever it makes of one. */
  many: readonly string[];
  /** What an argument has to be, where its form does not tell. Every table can be sent as a file. */
  wants: Readonly<Record<string, Wanted>>;
}

/** What a step leaves: something in the result store, or nothing; and whether it starts a run. */
export interface Made {
  /** `any`: what it is depends on what is there. */
  result: 'table' | 'file' | 'any' | 'none';
  run: boolean;
}

export type Wanted = 'table' | 'result' | 'run';

/** @throws Fault where there is no such tool */
export type ToolLookup = (name: string) => Promise<KnownTool>;

/**
 * What is wrong with a chain before anything is sent: operations that there are not, arguments that are missing or that
 * nobody knows, references to what no step gives. Each with its line, where the text of the file is given.
 */
export async function checkChain(chain: Chain, lookup: ToolLookup, text = ''): Promise<string[]> {
  const wrong: string[] = [];
  const before = new Map<string, Made>();
  const lines = linesOf(chain, text);
  for (const [index, step] of chain.steps.entries()) {
    const line = lines[index];
    const where = `${line === undefined ? '' : `line ${line}, `}step ${index + 1} (${step.name})`;
    const say = (what: string) => wrong.push(`${where}: ${what}`);
    if (before.has(step.name)) say('another step has that name');
    let tool: KnownTool | undefined;
    try {
      tool = await lookup(step.operation);
    } catch (error) {
      if (!isFault(error)) throw error;
      say(`${error.message} ${error.hint}`);
    }
    if (tool) for (const what of argumentsWrong(step, tool)) say(what);
    for (const what of referencesWrong(chain, step, before)) say(what);
    for (const what of handlesWrong(step, tool, before)) say(what);
    before.set(step.name, madeOfStep(step, tool));
  }
  return wrong;
}

function argumentsWrong({ operation, arguments: given = {} }: ChainStep, { input }: KnownTool): string[] {
  const { properties = {}, required = [] } = input as { properties?: Row; required?: string[] };
  const names = Object.keys(properties);
  const unknown = Object.keys(given).filter(name => !names.includes(name));
  const missing = required.filter(name => given[name] === undefined);
  return [
    ...unknown.map(name => {
      const near = nearest(name, names);
      return `${operation} has no argument "${name}"${near ? `; did you mean "${near}"?` : `: it takes ${firstOf(names, 12)}`}`;
    }),
    ...missing.map(name => `${operation} lacks "${name}"`),
  ];
}

function referencesWrong(
  { parameters = {} }: Chain,
  { arguments: given = {} }: ChainStep,
  before: ReadonlyMap<string, Made>,
): string[] {
  const wrong: string[] = [];
  for (const text of textsOf(given)) {
    const steps = stepsIn(text);
    for (const { step, path } of steps)
      if (!before.has(step)) wrong.push(`$steps.${step}.${path}: no earlier step is called "${step}"`);
    if (text.startsWith('$steps.')) continue;
    for (const name of parametersIn(text))
      if (!Object.hasOwn(parameters, name)) wrong.push(`${text}: there is no parameter "${name}"`);
  }
  return wrong;
}

const anything: Made = { result: 'any', run: true };

function madeOfStep({ arguments: given = {} }: ChainStep, tool: KnownTool | undefined): Made {
  const isOne = (value: unknown) => value === undefined || (typeof value === 'string' && plainName.test(value));
  return tool?.many.every(argument => isOne(given[argument])) ? tool.makes : anything;
}

/** One name, and no reference to anything. */
const plainName = /^(?!all$|[$*])[^,:={[]+$/i;

/** Handles of the wrong kind: a file where a table is wanted, a result where a run is. */
function handlesWrong(
  { operation, arguments: given = {} }: ChainStep,
  tool: KnownTool | undefined,
  before: ReadonlyMap<string, Made>,
): string[] {
  return Object.entries(given).flatMap(([argument, value]) =>
    [...textsOf(value)].flatMap(stepsIn).flatMap(({ step, path }) => {
      const made = before.get(step);
      const isColumn = isRow(value) && value['column'] !== undefined;
      const what = made && mismatch(path, made, isColumn ? 'table' : tool?.wants[argument]);
      return what ? [`$steps.${step}.${path}: ${what.replace('{wants}', `"${argument}" of ${operation} wants`)}`] : [];
    }),
  );
}

/** What is wrong with a reference to what a step makes, where something is. */
function mismatch(path: string, { result, run }: Made, wanted: Wanted | undefined): string | undefined {
  const isRows = path === 'rows' || path.startsWith('rows[');
  if (path === 'run') {
    if (!run) return 'that step starts no run';
    return wanted === 'table' || wanted === 'result'
      ? `that is a run, and {wants} ${nounOfWanted[wanted]}: say .result`
      : undefined;
  }
  if (path !== 'result' && !isRows) return undefined;
  // Rows that are shown need not be stored.
  if (result === 'none') return isRows ? 'that step answers no rows' : 'that step makes no result';
  if (wanted === 'run') return `that is a result, and {wants} a run: say .run`;
  const isFile = result === 'file' && (isRows || wanted === 'table');
  return isFile ? `that step makes a file, and ${isRows ? 'a file has no rows' : '{wants} a table'}` : undefined;
}

const nounOfWanted: Readonly<Record<Wanted, string>> = { table: 'a table', result: 'a result', run: 'a run' };

/** The line of each step's operation in the file, where they stand there in their order. */
function linesOf({ steps }: Chain, text: string): (number | undefined)[] {
  let from = 0;
  return steps.map(({ operation }) => {
    const at = text.indexOf(`"${operation}"`, from);
    if (at < 0) return undefined;
    from = at + 1;
    return text.slice(0, at).split('\n').length;
  });
}

/** Whether an answer of this form may hold a handle. */
export const mayHoldResult = (output: unknown): boolean =>
  !isRow(output) || isRow((output['properties'] as Row | undefined)?.['result']) || output['properties'] === undefined;
