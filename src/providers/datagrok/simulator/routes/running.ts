import type { Refusal } from '../../../../sandbox/frame/refusal.ts';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import type { Call, Caller, Endpoint, Fields } from '../call.ts';
import { type Refused, refusal, refused } from '../refusal.ts';
import { type GrokFunction, grokName, type Parameter } from '../world.ts';
import { pickFunction } from './functions.ts';

export interface Outcome {
  /** One output: its value. Several: an object by name. */
  value: unknown;
  /** Clock ms that it took. */
  ms: number;
}

/** Runs a function on arguments by name. */
export function runFunction(caller: Caller, wanted: string, given: Fields): Outcome {
  const { state, now } = caller;
  const found = pickFunction(caller, wanted);
  const name = grokName(found);
  if (found.client) throw refusal(400, `${name} is a client-side function and cannot run on the server`);
  const bound = bind(found, given);
  state.calls.push({ name, given, at: now });
  if (state.failing.has(name)) throw crash(`${name}: the compute container stopped`);
  const outputs = work(found, bound);
  const named = found.parameters
    .filter(({ isInput }) => !isInput)
    .map(output => [output.name, outputs[output.name] ?? null] as const);
  const [first] = named;
  const value = named.length > 1 ? Object.fromEntries(named) : (first?.[1] ?? null);
  return { value, ms: state.durations.get(name) ?? found.ms ?? 0 };
}

function work(found: GrokFunction, bound: Fields): Fields {
  try {
    return found.work?.(bound) ?? {};
  } catch (error) {
    throw crash(`${grokName(found)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What fails within a function has no code. */
const crash = (message: string): Refusal<Refused> =>
  refused({
    message,
    stackTrace: 'Traceback (most recent call last):\n  File "/home/grok/scripts/run.py", line 31, in <module>',
  });

function bind({ parameters }: GrokFunction, given: Fields): Fields {
  const inputs = parameters.filter(({ isInput }) => isInput);
  const stranger = Object.keys(given).find(name => !inputs.some(input => input.name === name));
  if (stranger !== undefined) throw refusal(400, `Unknown input: ${stranger}`);
  return Object.fromEntries(inputs.map(input => [input.name, read(input, given[input.name])]));
}

const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  int: value => Number.isInteger(value),
  double: value => typeof value === 'number',
  bool: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  dataframe: value => typeof value === 'string',
  datetime: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
};

function read({ name, propertyType, initialValue }: Parameter, value: unknown): unknown {
  const actual = value ?? initialValue;
  if (actual === undefined) throw refusal(400, `Input ${name} is required`);
  if (takes[propertyType]?.(actual) === false) throw refusal(400, `Input ${name} must be of type ${propertyType}`);
  return actual;
}

function call(call: Call): SimulatorReply {
  const { value, ms } = runFunction(call, call.identifier('name'), call.object());
  const timed = ms > 0 ? { afterMs: ms } : {};
  if (!call.state.plainAnswers) return { status: 200, json: value, ...timed };
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body, ...timed };
}

export const runEndpoints: readonly Endpoint[] = [
  ['A7', 'POST /public/v1/functions/:name/call', call],
  ['A7-short', 'POST /public/v1/:name/call', call],
];
