import contract from '../contract.json' with { type: 'json' };
import type { Parameter } from './parameters.ts';

interface Described {
  method: string;
  path: string;
  parameters: readonly (Parameter & { in: string })[];
}

/** Of every listing, also where its page does not repeat them. */
const pages: readonly Parameter[] = ['page', 'per_page'].map(name => ({ name, type: 'integer', required: false }));

const described = new Map(
  (contract.endpoints as readonly Described[]).map(one => [`${one.method} ${shapeOf(one.path)}`, inOne(one)]),
);

/**
 * What a route takes besides its path, as `contract.json` has it. `line`: as the router takes it, below the root. HEAD
 * takes what GET does.
 */
export function parametersOf(line: string): readonly Parameter[] {
  const [method = '', path = ''] = line.split(' ');
  const found = described.get(`${method === 'HEAD' ? 'GET' : method} ${shapeOf(path)}`);
  if (!found) throw new Error(`contract.json has no ${line}.`);
  return found;
}

/** `filter[environment_scope]` and its like are parts of one parameter. */
function inOne({ method, parameters }: Described): Parameter[] {
  const sent = parameters.filter(({ in: place }) => place !== 'path' && place !== 'header');
  const whole = sent.filter(({ name }) => !name.includes('['));
  const parts = new Set(sent.flatMap(({ name }) => (name.includes('[') ? [name.slice(0, name.indexOf('['))] : [])));
  const objects = [...parts].map(name => ({ name, type: 'object', required: false }));
  const own = [...whole, ...objects];
  return method === 'GET' ? [...own, ...pages.filter(({ name }) => !own.some(one => one.name === name))] : own;
}

function shapeOf(path: string): string {
  return path.replace(/\{[^{}]*\}|[:*]\w+/g, '{}');
}
