import type { Row } from '../base/json-value.ts';

/** What arguments lack that belongs together, as the rest of a sentence; undefined: nothing. */
export type LackRule = (args: Row) => string | undefined;

/** Several rules as one: what the first of them says that has something to say. */
export const lacks =
  (...rules: readonly LackRule[]) =>
  (args: object): string | undefined => {
    for (const rule of rules) {
      const lack = rule(args as Row);
      if (lack !== undefined) return lack;
    }
    return undefined;
  };

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
const given = (args: Row, names: readonly string[]) => names.filter(name => isGiven(args[name]));

/** Each of them means nothing without the others: `first_line` and `last_line`. */
export const together =
  (...names: readonly string[]): LackRule =>
  args => {
    const there = given(args, names);
    const missing = names.filter(name => !there.includes(name));
    return there.length > 0 && missing.length > 0 ? `${there.join(' and ')} needs ${missing.join(' and ')}` : undefined;
  };

/** The first of them means nothing without the second. `about`: what the second is. */
export const needs =
  (name: string, other: string, about?: string): LackRule =>
  args =>
    isGiven(args[name]) && !isGiven(args[other]) ? `${name} needs ${other}${about ? ` (${about})` : ''}` : undefined;

/** At least one of them. `what`: what they are for, as "say who did it". */
export const someOf =
  (what: string, ...names: readonly string[]): LackRule =>
  args =>
    given(args, names).length === 0 ? `${what}: ${listed(names)}` : undefined;

/** Exactly one of them. */
export const oneOf =
  (what: string, ...names: readonly string[]): LackRule =>
  args => {
    const there = given(args, names);
    if (there.length === 1) return undefined;
    return there.length === 0 ? `${what}: ${listed(names)}` : `give either ${listed(there)}, not both`;
  };

/** With this value of an argument these are wanted too. */
export const wantedWith =
  (name: string, value: unknown, ...names: readonly string[]): LackRule =>
  args => {
    const missing = names.filter(one => !isGiven(args[one]));
    return args[name] === value && missing.length > 0
      ? `${name} ${String(value)} needs ${missing.join(' and ')}`
      : undefined;
  };

/** An argument that means something with one value of another alone. */
export const onlyWith =
  (name: string, other: string, ...values: readonly unknown[]): LackRule =>
  args =>
    isGiven(args[name]) && !values.includes(args[other])
      ? `${name} goes with ${other} ${values.map(String).join(' or ')} alone`
      : undefined;

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
