import * as z from 'zod';
import type { Row } from '../base/json-value.ts';
import { lazy } from '../base/lazy.ts';
import type { Connections } from '../connections/connections.ts';
import { type JsonSchema, jsonSchema } from '../operations/json-schema.ts';
import {
  isDestructive,
  isGuarded,
  isListing,
  isReading,
  type Operation,
  platformOf,
  type Risk,
} from '../operations/operation.ts';
import { type Bound, boundOfArgument, boundOfField } from './argument-bounds.ts';
import { manyArguments, manyMark } from './many/arguments.ts';

export const tokenArgument = () => z.string().optional().describe('Token of the first call, once a person has agreed');
export const askAgainArgument = () => z.boolean().optional().describe('Ask the person again who has refused it');

/**
 * How much of a listing a call wants: what every listing takes beside its own arguments. Types, schemas, help and
 * documentation follow from this table.
 */
const listingControls = {
  limit: () =>
    z
      .union([z.number().int().min(1), z.literal('all')])
      .optional()
      .describe('Rows wanted, or "all" (default 50)'),
  cursor: () =>
    z.string().optional().describe('page.next of the previous answer, same other arguments').meta({ longest: 16_384 }),
  fields: () => z.array(z.string()).optional().describe('Only these fields of each row'),
};

/** Other arguments that the server itself reads; which of them a tool has follows from its record. */
const callControls = {
  confirm: tokenArgument,
  ask_again: askAgainArgument,
  wait_seconds: () =>
    z.number().min(0).max(longestWaitSeconds).optional().describe('How long to wait for it to finish (default 25)'),
  again: () => z.boolean().optional().describe('Start another although it was started just now'),
  why: () => z.boolean().optional().describe('Say why the failed ones failed'),
  // Only where a call was answered with the count, which says what it is for.
  confirm_many: () => z.number().int().min(1).optional(),
};

export const listingControlNames: readonly string[] = Object.keys(listingControls);
export const listingSchemas = lazy(() => schemasOf(listingControls));
const callSchemas = lazy(() => schemasOf(callControls));

type Table = Record<string, () => z.ZodType>;
type Schemas<Of extends Table> = { [Name in keyof Of]: ReturnType<Of[Name]> };
type Values<Of extends Table> = { [Name in keyof Of]?: z.output<ReturnType<Of[Name]>> };

const schemasOf = <Of extends Table>(table: Of) =>
  Object.fromEntries(Object.entries(table).map(([name, schema]) => [name, schema()])) as Schemas<Of>;

export type ListingControls = Values<typeof listingControls>;
export type Controls = ListingControls & Values<typeof callControls> & { connection?: string };

/** What changes how a call is made, and nothing on a platform. */
export const controlNames: ReadonlySet<string> = new Set([
  ...listingControlNames,
  'wait_seconds',
  'connection',
  'confirm_many',
]);

const everyControl = new Set([...listingControlNames, ...Object.keys(callControls), 'connection']);

/** A call's arguments apart: what the server reads, and what the operation is given. */
export function splitControls(values: Row): { controls: Controls; own: Row } {
  const [controls, own]: [Row, Row] = [{}, {}];
  for (const [name, value] of Object.entries(values)) (everyControl.has(name) ? controls : own)[name] = value;
  return { controls: controls as Controls, own };
}

/** Those of a listing's controls that chose its rows: without them the same call would bring others. */
export const choiceOf = (controls: ListingControls): Row =>
  Object.fromEntries(
    Object.entries({ limit: defaultLimit, ...controls }).filter(
      ([name, value]) => listingControlNames.includes(name) && value !== undefined && !isEmptyList(value),
    ),
  );

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

export const defaultLimit = 50;
export const defaultWaitSeconds = 25;
/** As long as common clients wait for one answer; the call's own deadline ends it a little earlier. */
export const longestWaitSeconds = 50;

/** A tool's arguments, as they are read and checked. */
export interface ToolInput {
  schema: z.ZodObject;
  /** The same as JSON Schema, with every form that is taken; `publishedInput` makes of it what is published. */
  accepted: JsonSchema;
  /** What a call does: a reading is taken as it is meant, a change only as it is said. */
  risk: Risk;
  /** The connections that a call can be for. Only where there are several does it have to say which. */
  connections?: readonly string[];
  /** The arguments that may stand for many things at once. */
  many?: readonly string[];
  /** How large an argument may be, where that does not follow from its field alone. */
  boundOf?(argument: string): Bound;
}

/** A change that nobody is asked about for one thing is agreed to for many. Without words: the question has them. */
const agreementToMany = lazy(() => ({ confirm: z.string().optional(), ask_again: z.boolean().optional() }));

/** An operation's own arguments and the controls that fit its kind. `connections`: names to choose from. */
export function toolInput(operation: Operation, connections: readonly string[] = []): ToolInput {
  const { why, confirm, ask_again, wait_seconds, again, confirm_many } = callSchemas();
  const many = manyArguments(operation, jsonSchema(operation.input, 'input'));
  const asksForMany = many.length > 0 && !isReading(operation) && !isDestructive(operation);
  const schema = operation.input.extend({
    ...(isListing(operation) ? listingSchemas() : {}),
    ...(operation.explain ? { why } : {}),
    ...(isDestructive(operation) ? { confirm, ask_again } : {}),
    ...(asksForMany ? agreementToMany() : {}),
    ...(operation.starts ? { wait_seconds } : {}),
    ...(isGuarded(operation) ? { again } : {}),
    // Of a change, a person agrees to how many they are.
    ...(many.length > 0 && isReading(operation) ? { confirm_many } : {}),
    ...connectionArgument(connections),
  }) as z.ZodObject;
  const boundOf = (argument: string) =>
    operation.input.shape[argument] ? boundOfArgument(operation, argument) : boundOfField(schema.shape[argument]);
  const accepted = withMarks(jsonSchema(schema, 'input'), many);
  return { schema, accepted, risk: operation.risk, connections, many, boundOf };
}

/** The same without some of its arguments, which are read by themselves. */
export function withoutArguments(input: ToolInput, left: readonly string[]): ToolInput {
  const { properties, required, ...accepted } = input.accepted as { properties?: JsonSchema; required?: string[] };
  const others = Object.entries(properties ?? {}).filter(([name]) => !left.includes(name));
  const known = left.filter(name => Object.hasOwn(input.schema.shape, name));
  return {
    ...input,
    schema: input.schema.omit(Object.fromEntries(known.map(name => [name, true])) as never) as z.ZodObject,
    accepted: {
      ...accepted,
      properties: Object.fromEntries(others),
      required: (required ?? []).filter(name => !left.includes(name)),
    },
  };
}

/** Says of the arguments that take many that they do. */
function withMarks(accepted: JsonSchema, many: readonly string[]): JsonSchema {
  if (many.length === 0) return accepted;
  const properties = { ...(accepted['properties'] as Record<string, JsonSchema>) };
  for (const name of many) {
    const { description = '', ...property } = properties[name] ?? {};
    properties[name] = {
      ...property,
      description: description === '' ? manyMark : `${String(description)}; ${manyMark}`,
    };
  }
  return { ...accepted, properties };
}

/** The same, made once for each operation: converting a schema costs more than most calls. */
export function toolInputs(connections: Connections): (operation: Operation) => ToolInput {
  const made = new Map<Operation, ToolInput>();
  return operation => {
    const input = made.get(operation) ?? toolInput(operation, connections.of(platformOf(operation), operation.api));
    made.set(operation, input);
    return input;
  };
}

export const waitSeconds = () => callSchemas().wait_seconds;

/** The argument that chooses an account; absent where there is nothing to choose. */
function connectionArgument(connections: readonly string[]): { connection?: z.ZodType } {
  return connections.length < 2 ? {} : { connection: z.enum(connections as [string, ...string[]]) };
}

/** The same in a published schema. */
export function withConnection(input: JsonSchema, connections: readonly string[]): JsonSchema {
  if (connections.length < 2) return input;
  const { properties, required } = input as { properties?: object; required?: string[] };
  const connection = { type: 'string', enum: connections, description: 'Which account' };
  return { ...input, properties: { ...properties, connection }, required: [...(required ?? []), 'connection'] };
}

/** The same for a client: where its person can be asked there is no token, and where nobody can, nobody is asked again. */
export function askingOf(input: JsonSchema, asks: boolean): JsonSchema {
  const { properties } = input as { properties?: Record<string, unknown> };
  if (!properties?.['confirm']) return input;
  const { confirm, ask_again, ...others } = properties;
  return { ...input, properties: { ...others, ...(asks ? { ask_again } : { confirm }) } };
}

/** "Acme: list projects", from name and title. */
export function toolTitle({ name, platform }: { name: string; platform: string }, platformTitle: string): string {
  const words = name.slice(platform.length + 1).replaceAll('_', ' ');
  return `${platformTitle}: ${words}`;
}
