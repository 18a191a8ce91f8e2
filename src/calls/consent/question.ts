import type { Row } from '../../base/json-value.ts';
import { fieldMeta, type Loss, type Operation, type OperationContext } from '../../operations/operation.ts';
import { withoutSources } from '../request-body.ts';

const mostItems = 20;
const mostCharacters = 500;

/**
 * The question as a person is asked it: what would be done to what, by names; what is lost; and every value that goes
 * along, as people write it.
 */
export function putInWords(operation: Operation, args: Row, { says, names = {} }: Loss, context: OperationContext) {
  const { connection } = context;
  const { named, others } = withoutSources(operation, args);
  const inQuestion = new Set<string>();
  const nameOf = (field: string): string => {
    inQuestion.add(field);
    return names[field] ?? valueIn(operation, field, others, context);
  };
  const asked = (operation.question ?? `${plainName(operation)}?`)
    .replace(/\{(\w+)\}/g, (_, field: string) => nameOf(field))
    .replace(/^./, first => first.toUpperCase());
  const isLeft = (field: string) => !inQuestion.has(field) && !Object.hasOwn(names, field);
  const rest = valuesInWords(operation, others, context, isLeft);
  const account = connection.name === connection.platform ? '' : ` (${connection.name})`;
  return [asked, says, [...rest, ...named].join('; '), `On ${connection.title}${account}.`]
    .filter(Boolean)
    .map(part => (/[.?!]$/.test(part as string) ? part : `${part}.`))
    .join(' ');
}

/** `branch: "audit"`, of each argument that has a value. */
function valuesInWords(operation: Operation, args: Row, context: OperationContext, isTold: (field: string) => boolean) {
  return Object.keys(args)
    .filter(field => isTold(field) && args[field] !== undefined)
    .map(field => `${field.replaceAll('_', ' ')}: ${valueIn(operation, field, args, context)}`);
}

/** The arguments that many calls have in common, with what is sent along; empty where there are none. */
export function commonInWords(operation: Operation, args: Row, context: OperationContext): string {
  const { named, others } = withoutSources(operation, args);
  return [...valuesInWords(operation, others, context, field => field !== 'connection'), ...named].join('; ');
}

/** "Delete branch", of a record that has no question of its own. */
const plainName = ({ name }: Operation) => name.split('_').slice(1).join(' ');

/** An argument as people read it: by the label of what it names, where that is known, and no secrets. */
function valueIn({ input }: Operation, field: string, args: Row, context: OperationContext): string {
  const { reference, secret } = fieldMeta(input.shape[field]);
  if (secret) return 'a secret';
  const label = (one: unknown) => (reference && typeof one === 'string' ? context.labelOf(reference, one, args) : one);
  const given = args[field];
  const value = Array.isArray(given) ? given.map(label) : label(given);
  return readable(value);
}

/** Nobody reads 300 teams or a page of SQL in a question: the beginning, and how much more there is. */
function readable(value: unknown): string {
  if (Array.isArray(value)) {
    const more = value.length - mostItems;
    return [...value.slice(0, mostItems).map(readable), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  }
  if (value === true) return 'yes';
  if (value === false) return 'no';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const short = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}… (${text.length} characters)` : text;
  return typeof value === 'string' ? `"${short}"` : short;
}
