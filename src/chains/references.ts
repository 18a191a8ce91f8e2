import { isRow, type Row } from '../base/json-value.ts';
import type { Chain } from '../operations/chain.ts';

/** What a step has answered, as later steps can refer to it. */
export interface StepRecord {
  /** The structured answer. */
  data: Row;
  /** What it said, shortened. */
  said: string;
  /** Of many things, those for which nothing came. */
  failures: number;
  /** ISO 8601. */
  at: string;
}

/** A reference to an earlier step: `$steps.list.rows[*].id`. */
const stepReference = /^\$steps\.([a-z][a-z0-9_]*)\.(.+)$/;
const parameterReference = /^\$([a-z][a-z0-9_]*)$/;
const withinText = /\$\{([a-z][a-z0-9_]*)\}/g;
const stepWithinText = /\$\{steps\.([a-z][a-z0-9_]*)\.([\w.]+)\}/g;

/** What a text refers to of earlier steps, as step and path. */
export function stepsIn(text: string): { step: string; path: string }[] {
  const [, step, path] = stepReference.exec(text) ?? [];
  if (step !== undefined && path !== undefined) return [{ step, path }];
  return [...text.matchAll(stepWithinText)].map(([, step = '', path = '']) => ({ step, path }));
}

/** Every text within a value. */
export function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* textsOf(part);
}

/** Parameters that a text refers to. */
export function parametersIn(text: string): string[] {
  const [, whole] = parameterReference.exec(text) ?? [];
  return whole === undefined ? [...text.matchAll(withinText)].map(([, name]) => name as string) : [whole];
}

/** The arguments of a step with everything that it refers to in its place. */
export function resolveReferences(value: unknown, parameters: Row, steps: ReadonlyMap<string, StepRecord>): unknown {
  const resolve = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(resolve);
    if (isRow(part)) return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, resolve(one)]));
    if (typeof part !== 'string') return part;
    const [, step = '', path = ''] = stepReference.exec(part) ?? [];
    if (step !== '') return partOf(steps.get(step)?.data ?? {}, path);
    const [, whole] = parameterReference.exec(part) ?? [];
    if (whole !== undefined && Object.hasOwn(parameters, whole)) return parameters[whole];
    return part
      .replace(withinText, (text, name: string) => (Object.hasOwn(parameters, name) ? String(parameters[name]) : text))
      .replace(stepWithinText, (text, step: string, path: string) =>
        String(partOf(steps.get(step)?.data ?? {}, path) ?? text),
      );
  };
  return resolve(value);
}

/** A part of what a step answered; a column of its rows by its handle, where they are stored. */
function partOf(data: Row, path: string): unknown {
  const { uri } = (isRow(data['result']) ? data['result'] : {}) as { uri?: string };
  if (path === 'result') return uri;
  if (path === 'run') return (data['run'] as Row | undefined)?.['uri'];
  if (path === 'rows') return uri ?? data['items'];
  const [, column] = /^rows\[\*\]\.(\w+)$/.exec(path) ?? [];
  if (column !== undefined) {
    if (uri !== undefined) return { result: uri, column };
    return ((data['items'] ?? []) as Row[]).map(row => row[column]);
  }
  return path.split('.').reduce<unknown>((value, name) => (isRow(value) ? value[name] : undefined), data);
}

/** Parameters as they are given, completed by their defaults; and which of those that have none are missing. */
export function parametersOf(
  { parameters = {} }: Chain,
  given: Row,
): { values: Row; missing: string[]; unknown: string[] } {
  const values: Row = {};
  const missing: string[] = [];
  for (const [name, { default: fallback }] of Object.entries(parameters)) {
    const value = given[name] ?? fallback;
    if (value === undefined) missing.push(name);
    else values[name] = value;
  }
  return { values, missing, unknown: Object.keys(given).filter(name => !Object.hasOwn(parameters, name)) };
}
