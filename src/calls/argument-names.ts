import { Fault } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { thingOf } from '../operations/nouns.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import { argumentSynonyms } from '../operations/synonyms.ts';
import type { ToolInput } from './tool-input.ts';

/** A tool as far as the names of its arguments go. */
interface Named extends Pick<ToolInput, 'schema' | 'risk'> {
  tool: string;
  names: readonly string[];
  /** The argument of a reading that takes one text and no other. */
  text: string | undefined;
}

/**
 * The argument that a name stands for. A reading takes another name for what it is; of a change, nothing is sent: what
 * was meant there is for the caller to say.
 * @param given all names of the call: an argument that is there itself is not what another name stands for
 * @throws Fault `bad_arguments`
 */
export function argumentNamed(name: string, target: Named, given: readonly string[]): string {
  const { tool, names, risk, text } = target;
  if (names.includes(name)) return name;
  const onlyText = risk === 'reads' && text !== undefined && !given.includes(text) ? text : undefined;
  const meant = meantBy(name, target, given) ?? onlyText;
  if (meant === undefined) throw unknownArgument(target, name);
  if (risk === 'reads') return meant;
  throw new Fault({
    code: 'bad_arguments',
    message: `${tool} has no argument "${name}"; here it is called "${meant}".`,
    hint: `Nothing was sent. Call again with "${meant}".`,
  });
}

function meantBy(name: string, { names, schema }: Named, given: readonly string[]): string | undefined {
  const snake = snakeCase(name);
  if (names.includes(snake)) return given.includes(snake) ? undefined : snake;
  const ranked = names
    .filter(one => !given.includes(one))
    .map(one => ({ one, rank: synonymsOf(one, schema).indexOf(snake) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
  const [first, second] = ranked;
  return first && first.rank !== second?.rank ? first.one : undefined;
}

/** `projectId`, `Project-ID` and `project id` as records write names. */
const snakeCase = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();

function synonymsOf(name: string, schema: ToolInput['schema']): readonly string[] {
  const plural = name.endsWith('s') ? [name.slice(0, -1)] : [`${name}s`];
  const { also = [], reference } = fieldMeta(fieldOf(schema, name));
  // What it names is called as its listing calls it: "entity" for the identifier of one.
  const thing = reference ? thingOf(reference.list()) : '';
  const things =
    thing === '' || thing === name ? [] : [thing, `${thing}s`, `${thing}_id`, `${thing}_${reference?.key}`];
  const shared = Object.hasOwn(argumentSynonyms, name) ? (argumentSynonyms[name] ?? []) : [];
  return [...also, ...plural, `${name}_id`, ...things, ...shared];
}

function unknownArgument({ tool, names }: Named, name: string): Fault {
  const near = nearest(name, names);
  return new Fault({
    code: 'bad_arguments',
    message: `${tool} has no argument "${name}".`,
    hint: `${near ? `Did you mean "${near}"? ` : ''}${names.length ? `It takes: ${names.join(', ')}.` : 'It takes none.'}`,
  });
}
