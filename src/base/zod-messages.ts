import type * as z from 'zod';

type Issue = z.core.$ZodRawIssue;

/**
 * What is wrong with a value, for whoever gave it: zod's own words are for whoever wrote the schema. Of what is not
 * here, and where the schema has words of its own, those are taken. For `safeParse(value, { error: issueWords })`.
 */
export function zodMessage(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue['expected'] === 'stringbool' ? kinds['boolean'] : oneOf(issue.values)}`;
    case 'too_small':
      return bound(issue, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum));
    case 'too_big':
      return bound(issue, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum));
    case 'invalid_union':
      return alternatives(issue.errors);
    default:
      return undefined;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function oneOf(values: readonly unknown[]): string {
  const shown = values.map(value => JSON.stringify(value));
  return shown.length === 1 ? String(shown[0]) : `one of ${shown.join(', ')}`;
}

function bound({ origin, code }: Issue & { origin?: string }, relation: string, limit: number): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${relation} ${limit}`;
  if (code === 'too_small' && limit === 1) return 'must not be empty';
  return `must have ${relation} ${limit} ${origin === 'string' ? 'characters' : 'items'}`;
}

/** Of the ways to be right: the one that only something within it spoils, otherwise all of them. */
function alternatives(ways: readonly (readonly z.core.$ZodIssue[])[]): string | undefined {
  const first = ways.flatMap(([issue]) => issue ?? []);
  const nearest = first.find(({ path }) => path.length > 0);
  if (nearest) return `${nearest.path.join('.')} ${nearest.message}`;
  const forms = new Set(first.map(({ message }) => message.replace(/^must be /, '')));
  return forms.size ? `must be ${[...forms].join(' or ')}` : undefined;
}
