import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { PastCall } from '../calls/history.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';

/** Tools that look, wait or write down, and are no step of what was done. */
const noSteps: ReadonlySet<string> = new Set([
  'find_operation',
  'check_connections',
  'wait_for_run',
  'list_results',
  'describe_result',
  'run_chain',
  'save_chain',
]);
/** How a call was agreed to, or where a listing went on: of that one call alone. */
const passing: ReadonlySet<string> = new Set(['confirm', 'ask_again', 'again', 'cursor']);

/**
 * The steps that calls make, each named after its operation; handles that an earlier one made become references.
 * `secretsOf`: the arguments of an operation that are secrets, which are not written down.
 */
export function stepsOf(calls: readonly PastCall[], secretsOf: (name: string) => ReadonlySet<string>): ChainStep[] {
  const steps: ChainStep[] = [];
  const handles = new Map<string, string>();
  for (const call of calls.filter(({ name }) => !noSteps.has(name))) {
    const { operation, arguments: given } = unwrapped(call);
    const secrets = secretsOf(operation);
    const name = freeName(operation, steps);
    const kept = Object.entries(given).filter(([argument]) => !passing.has(argument) && !secrets.has(argument));
    steps.push({ name, operation, arguments: refer(Object.fromEntries(kept), handles) as Row });
    for (const handle of call.handles)
      handles.set(handle, `$steps.${name}.${handle.startsWith('result://') ? 'result' : 'run'}`);
  }
  return steps;
}

/** What a dispatcher was called for. */
function unwrapped({ name, arguments: given }: PastCall): { operation: string; arguments: Row } {
  const { operation, arguments: inner } = given;
  const isDispatched = /^call_(read|write)_operation$/.test(name) && typeof operation === 'string';
  return isDispatched ? { operation, arguments: (inner ?? {}) as Row } : { operation: name, arguments: given };
}

function freeName(operation: string, steps: readonly ChainStep[]): string {
  const base = operation.split('_').slice(1).join('_') || operation;
  let name = base;
  for (let number = 2; steps.some(step => step.name === name); number += 1) name = `${base}_${number}`;
  return name;
}

function refer(value: unknown, handles: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    const whole = handles.get(value);
    if (whole !== undefined) return whole;
    // Within a statement, a handle cannot be referred to as a whole: it is named in braces.
    return value;
  }
  if (Array.isArray(value)) return value.map(one => refer(one, handles));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, refer(one, handles)]));
}

/** Parameters with these defaults: a value that stands somewhere in the steps becomes a reference to it. */
export function withParameters(chain: Chain, parameters: Row): Chain {
  const names = Object.entries(parameters);
  const replace = (value: unknown): unknown => {
    const [found] = names.find(([, fallback]) => fallback === value && value !== '') ?? [];
    if (found !== undefined) return `$${found}`;
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replace(one)]));
  };
  return {
    ...chain,
    ...(names.length > 0
      ? { parameters: Object.fromEntries(names.map(([name, value]) => [name, { default: value as string }])) }
      : {}),
    steps: chain.steps.map(step => ({ ...step, arguments: replace(step.arguments ?? {}) as Row })),
  };
}

export const nothingToSave = () =>
  new Fault({
    code: 'bad_arguments',
    message: 'No call of the last hour can be a step.',
    hint: 'Calls are kept in memory for an hour, and without what is larger than 20,000 characters. Give steps instead.',
  });
