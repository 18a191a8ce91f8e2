import { isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf, nearest } from '../base/nearest.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';
import { parametersIn, stepsIn, textsOf } from './references.ts';

/** A tool as far as a chain has to know it. */
export interface KnownTool {
  /** JSON Schema of its arguments. */
  input: Row;
  /** It leaves something in the result store. */
  makesResult: boolean;
}

/** @throws Fault where there is no such tool */
export type ToolLookup = (name: string) => Promise<KnownTool>;

/**
 * What is wrong with a chain before anything is sent: operations that there are not, arguments that are missing or that
 * nobody knows, references to what no step gives. Each with its line, where the text of the file is given.
 */
export async function checkChain(chain: Chain, lookup: ToolLookup, text = ''): Promise<string[]> {
  const wrong: string[] = [];
  const before = new Map<string, KnownTool>();
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
    before.set(step.name, tool ?? { input: {}, makesResult: true });
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
  before: ReadonlyMap<string, KnownTool>,
): string[] {
  const wrong: string[] = [];
  for (const text of textsOf(given)) {
    const steps = stepsIn(text);
    for (const { step, path } of steps) {
      const tool = before.get(step);
      const told = text.length > 60 ? `$steps.${step}.${path}` : text;
      if (!tool) wrong.push(`${told}: no earlier step is called "${step}"`);
      else if (path === 'result' && !tool.makesResult) wrong.push(`${told}: that step makes no result`);
    }
    if (text.startsWith('$steps.')) continue;
    for (const name of parametersIn(text))
      if (!Object.hasOwn(parameters, name)) wrong.push(`${text}: there is no parameter "${name}"`);
  }
  return wrong;
}

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
