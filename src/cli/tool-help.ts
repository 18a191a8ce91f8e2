import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import type { OperationDetails } from '../catalog/manifest.ts';
import { loadManifest } from '../server/manifest.ts';
import { shellCall } from './shell.ts';
import { alignColumns, paint, print, type Terminal } from './terminal.ts';

interface Schema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  minimum?: number;
  maximum?: number;
}

interface Described {
  name: string;
  summary: string;
  input: Record<string, unknown>;
  /** Of an operation of a platform. */
  details?: OperationDetails;
}

/** Prints the arguments of a tool. Needs no connection. */
export async function showTool(name: string, { stdout }: Pick<Terminal, 'stdout'>): Promise<void> {
  const { summary, input, details } = await find(name);
  const required = (input['required'] ?? []) as string[];
  const properties = Object.entries((input['properties'] ?? {}) as Record<string, Schema>);
  const rows = properties.map(([key, schema]) => [
    `  --${key.replaceAll('_', '-')}`,
    typeOf(schema),
    [required.includes(key) ? 'required' : undefined, schema.description, defaultOf(schema)].filter(Boolean).join('; '),
  ]);
  print(
    stdout,
    paint(stdout, 'bold', name),
    summary,
    '',
    ...(rows.length ? ['Arguments:'] : ['It takes no arguments.']),
  );
  if (rows.length) print(stdout, ...alignColumns(rows));
  if (rows.some(([, type]) => type?.includes('list of')))
    print(stdout, '', 'A list is the flag several times, or one value with commas.');
  if (rows.some(([, type]) => type?.includes('{'))) print(stdout, 'What stands in {} is given as JSON.');
  if (!details) return;
  const { level, source, checked } = details.evidence;
  print(stdout, '', 'Example:', `  ${shellCall(name, details.example.arguments)}`);
  print(stdout, '', `It is ${level}: ${source} (looked up ${checked}).`);
}

/** Of the arguments of a tool, those that nobody can give as a flag alone. */
export async function needValues(tool: string, names: readonly string[]): Promise<string[]> {
  const { properties = {} } = (await find(tool)).input as { properties?: Record<string, Schema> };
  return names.filter(name => properties[name] && !typeOf(properties[name]).split(' or ').includes('boolean'));
}

async function find(name: string): Promise<Described> {
  const { general, platforms, details: detailsOf } = await loadManifest();
  const tool = general.find(one => one.name === name);
  if (tool) return { name, summary: tool.description, input: tool.input };
  const operations = Object.values(platforms).flatMap(platform => platform.operations);
  const operation = operations.find(one => one.name === name);
  if (operation) {
    const details = await detailsOf(operation);
    return { name, summary: operation.summary, input: details.input, details };
  }
  const known = [...operations, ...general].map(one => one.name);
  throw new Fault({
    code: 'unknown_operation',
    message: `There is no tool "${name}".`,
    hint: suggestion(name, known, 'data-platforms-mcp tools lists them.'),
  });
}

function typeOf(schema: Schema): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.type === 'object' && schema.properties) return `{${Object.keys(schema.properties).join(', ')}}`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  const type = [schema.type ?? 'any'].flat().join(' or ').replaceAll('string', 'text');
  return schema.maximum === undefined ? type : `${type} ${schema.minimum ?? ''}..${schema.maximum}`;
}

const defaultOf = ({ default: fallback }: Schema) =>
  fallback === undefined ? undefined : `default ${JSON.stringify(fallback)}`;
