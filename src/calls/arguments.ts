import { Fault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { zodMessage } from '../base/zod-messages.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import { wordSynonyms } from '../operations/synonyms.ts';
import type { SourceForm } from '../results/transfer/source.ts';
import { boundOfField, nameBound, refuseOversized } from './argument-bounds.ts';
import { argumentNamed } from './argument-names.ts';
import { accepts, alternatives, choices, soften, tryJson } from './soften.ts';
import { controlNames, type ToolInput } from './tool-input.ts';

type JsonSchema = Row;

export interface ParsedArguments {
  values: Record<string, unknown>;
  /** What was not taken as it was given, for the answer. */
  notes: string[];
  /** Hosts of addresses that were pasted where something is named, by argument. */
  hosts?: Readonly<Record<string, string>>;
}

/**
 * Reads a tool's arguments the way a patient colleague would: JSON in strings, numbers in strings, null for absent, a
 * pasted address where an id belongs, another name for an argument. What it cannot read is refused with what to change;
 * names that nobody knows always are. Of a change, nothing is taken for something else.
 * @throws Fault `bad_arguments`, `too_large`
 */
export function parseArguments(tool: string, input: ToolInput, given: unknown): ParsedArguments {
  const { schema, accepted, connections = [] } = input;
  const raw = typeof given === 'string' ? tryJson(given) : (given ?? {});
  if (!isRow(raw)) throw badArguments(tool, 'the arguments must be an object', accepted);
  const properties = (accepted['properties'] ?? {}) as Record<string, JsonSchema>;
  const target = { tool, schema, risk: input.risk, names: Object.keys(properties), text: onlyText(properties) };
  const values: Record<string, unknown> = {};
  const notes: string[] = [];
  // Where there is one connection it is no argument, and naming it does no harm.
  const isOnlyChoice = ([name, value]: [string, unknown]) =>
    name === 'connection' && !Object.hasOwn(properties, name) && connections.includes(String(value));
  for (const [name, value] of Object.entries(raw)) {
    if (isOnlyChoice([name, value])) continue;
    // What is absent is absent under any name, but a name that nobody knows is told even then.
    refuseOversized(name, nameBound, `${tool}: an argument`);
    const known = argumentNamed(name, target, Object.keys(raw));
    const read = isFirstPage(name, value) ? undefined : readArgument(tool, known, value, input, notes);
    if (read === undefined) continue;
    values[known] = read;
    if (isUri(read) && properties['connection']) values['connection'] ??= connectionIn(read);
  }
  fillFromUris(values, schema, accepted);
  const pasted = hostsIn(values, schema);
  const parsed = schema.safeParse(withoutUris(values, schema), { error: zodMessage });
  if (parsed.success) return { values: parsed.data, notes, ...pasted };
  const issues = parsed.error.issues.map(issue => issueText(issue, values, properties));
  throw badArguments(tool, issues.join('; '), accepted);
}

/** An argument under its right name, within its bound. */
function readArgument(tool: string, name: string, value: unknown, input: ToolInput, notes: string[]): unknown {
  const { schema, accepted } = input;
  const bound = input.boundOf?.(name) ?? boundOfField(fieldOf(schema, name));
  refuseOversized(value, bound, `${tool}: ${name}`);
  const property = ((accepted['properties'] ?? {}) as Record<string, JsonSchema>)[name] as JsonSchema;
  if (isContent(value, fieldMeta(fieldOf(schema, name)).source)) return value;
  const isRequired = [accepted['required']].flat().includes(name);
  const read = readValue(name, value, { property, isRequired, input, notes });
  // What was a text may be a list now.
  if (typeof value === 'string' && typeof read === 'object') refuseOversized(read, bound, `${tool}: ${name}`);
  return read;
}

/**
 * A text that a file is to hold, JSON or not. Rows may come as JSON in a text, too; what ends with a line break is no
 * such thing.
 */
function isContent(value: unknown, form: SourceForm | undefined): value is string {
  if (form !== 'bytes' || typeof value !== 'string' || value.trim() === '') return false;
  const parsed = /^\s*\[/.test(value) && !value.endsWith('\n') ? tryJson(value) : undefined;
  return !(Array.isArray(parsed) && parsed.every(isRow));
}

/** `page: 1` is where every listing begins. */
const isFirstPage = (name: string, value: unknown): boolean => name === 'page' && Number(value) === 1;

/** The argument of a tool that takes one text and no other. */
function onlyText(properties: Record<string, JsonSchema>): string | undefined {
  const texts = Object.keys(properties).filter(
    name => !controlNames.has(name) && accepts(properties[name] as JsonSchema, 'string'),
  );
  return texts.length === 1 ? texts[0] : undefined;
}

interface Place {
  property: JsonSchema;
  isRequired: boolean;
  input: ToolInput;
  notes: string[];
}

/** The value of one argument; undefined where it is as good as not given. */
function readValue(name: string, value: unknown, { property, isRequired, input, notes }: Place): unknown {
  const { risk } = input;
  if (value === null && !isRequired) return undefined;
  if (isEmpty(value) && !isRequired) {
    const kept = emptied(value, property, risk);
    if (kept !== 'as it is') return kept;
  }
  const soft = soften(value, property);
  if (soft === null && !accepts(property, 'null')) return undefined;
  // What the server itself reads changes nothing, whatever the tool does.
  const isReading = risk === 'reads' || controlNames.has(name);
  return isReading ? nearestTo(name, soft, property, notes) : soft;
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0);

/**
 * What an empty text or list stands for. Asked for, it is nothing at all. In a change it empties what can be empty or
 * null; elsewhere it is left to the schema to refuse, but where something is made there is nothing to empty.
 */
function emptied(value: unknown, property: JsonSchema, risk: ToolInput['risk']): unknown {
  if (risk === 'reads') return undefined;
  const form = alternatives(property).find(one => one['type'] === (Array.isArray(value) ? 'array' : 'string'));
  const takesIt = form && choices(form).length === 0 && !form['minLength'] && !form['minItems'] && !form['format'];
  if (takesIt) return 'as it is';
  if (accepts(property, 'null')) return null;
  return risk === 'adds' || risk === 'starts' ? undefined : 'as it is';
}

/** A word that means the same, and the largest number that is taken for one that is larger. */
function nearestTo(name: string, value: unknown, property: JsonSchema, notes: string[]): unknown {
  const most = alternatives(property).find(one => one['maximum'] !== undefined)?.['maximum'];
  if (typeof value === 'number' && typeof most === 'number' && value > most) {
    notes.push(`${name} ${value} is more than there can be: it was taken as ${most}.`);
    return most;
  }
  const words = choices(property);
  if (typeof value !== 'string' || words.length === 0 || words.includes(value)) return value;
  const text = value.trim().toLowerCase();
  const alike = wordSynonyms.find(group => group.includes(text)) ?? [];
  const same = words.filter(word => alike.includes(String(word).toLowerCase()));
  return same.length === 1 ? same[0] : value;
}

const isUri = (value: unknown): value is string => typeof value === 'string' && value.includes('://');

/** Ids in place of pasted addresses, where an argument knows how to read them. */
function withoutUris(values: Record<string, unknown>, schema: ToolInput['schema']): Record<string, unknown> {
  const read = (name: string, value: unknown) => {
    if (typeof value !== 'string') return value;
    const { fromUri, tidy } = fieldMeta(fieldOf(schema, name));
    return (isUri(value) ? fromUri?.(value) : tidy?.(value)) ?? value;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(name, value)]));
}

/** The address of a pipeline holds its project: what is missing is read out of what was given. */
function fillFromUris(values: Record<string, unknown>, schema: ToolInput['schema'], accepted: JsonSchema): void {
  const uris = Object.values(values).filter(isUri);
  if (uris.length === 0) return;
  const missing = [accepted['required'] ?? []]
    .flat()
    .map(String)
    .filter(name => values[name] === undefined);
  for (const name of missing) {
    const { fromUri } = fieldMeta(fieldOf(schema, name));
    const uri = uris.find(one => fromUri?.(one) !== undefined);
    if (uri !== undefined) values[name] = uri;
  }
}

/** Where the addresses lead: `https://host/...`, `git@host:...`. */
function hostsIn(values: Record<string, unknown>, schema: ToolInput['schema']): Pick<ParsedArguments, 'hosts'> {
  const hosts: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const { fromUri, tidy } = fieldMeta(fieldOf(schema, name));
    if (typeof value !== 'string' || !(fromUri ?? tidy)) continue;
    const host = hostOf(value);
    if (host) hosts[name] = host;
  }
  return Object.keys(hosts).length > 0 ? { hosts } : {};
}

export function hostOf(address: string): string | undefined {
  const isWeb = /^(?:https?|ssh):\/\//i.test(address) && URL.canParse(address);
  return isWeb ? new URL(address).host : /^[\w.-]+@([\w.-]+):/.exec(address)?.[1];
}

/** Our own URIs say it; what is in somebody else's address chooses no account. */
function connectionIn(uri: string): string | undefined {
  const { protocol, searchParams } = URL.canParse(uri) ? new URL(uri) : {};
  return protocol?.startsWith('http') ? undefined : (searchParams?.get('connection') ?? undefined);
}

type Issue = { path: PropertyKey[]; message: string; code?: string };

function issueText(issue: Issue, values: Record<string, unknown>, properties: Record<string, JsonSchema>): string {
  const where = issue.path.join('.');
  if (issue.path.length !== 1) return `${where}: ${issue.message}`;
  const { description, ...property } = properties[where] ?? {};
  const value = values[where];
  if (value === undefined) {
    const meaning = description ?? choices(property).join(', ');
    return `"${where}" is missing${meaning ? ` (${String(meaning)})` : ''}`;
  }
  const broken = typeof value === 'string' && /^\s*[[{]/.test(value) && brokenJson(value);
  if (broken) return `${where}: ${issue.message}; as JSON it does not parse (${broken})`;
  // A pattern without words of its own says less than what the argument is.
  return description && issue.code === 'invalid_format' && issue.message.startsWith('Invalid')
    ? `${where} must be: ${String(description)}`
    : `${where}: ${issue.message}`;
}

function brokenJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function badArguments(tool: string, message: string, accepted: JsonSchema): Fault {
  const required = (accepted['required'] as string[] | undefined) ?? [];
  const names = Object.keys((accepted['properties'] ?? {}) as object).map(name =>
    required.includes(name) ? name : `${name} (optional)`,
  );
  return new Fault({
    code: 'bad_arguments',
    message: `Arguments of ${tool}: ${message}.`,
    hint: names.length ? `It takes: ${names.join(', ')}.` : 'It takes no arguments.',
  });
}
