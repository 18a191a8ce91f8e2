import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from '../base/build-files.ts';
import type { Facts, OperationFacts } from '../catalog/manifest.ts';

/** The file that is read at every start. */
export interface FactsIndex extends Facts {
  /** What it leaves out of each operation. Most are not listed, and nobody looks at their schemas. */
  apart: readonly (keyof OperationFacts)[];
}

/** A file for each toolset: what the index leaves out, by name of the operation. */
export type FactsApart = Readonly<Record<string, Partial<OperationFacts>>>;

/** Name of the file of a toolset. */
export const fileOf = ({ platform, toolset }: OperationFacts): string => `${platform}-${toolset}.json`;

let made: Facts | undefined;

/** What the build puts in the place of `facts.ts`: reads what that has worked out. */
export async function loadFacts(): Promise<Facts> {
  made ??= readFacts(built('facts'));
  return made;
}

function readFacts(folder: string): Facts {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { apart, platforms, general } = read('index.json') as FactsIndex;
  const files = new Map<string, FactsApart>();
  const rest = (facts: OperationFacts): Partial<OperationFacts> => {
    const name = fileOf(facts);
    const file = files.get(name) ?? (read(name) as FactsApart);
    files.set(name, file);
    return file[facts.name] ?? {};
  };
  // In a prototype that all of them share: an operation that nobody looks at costs nothing more.
  const onDemand = Object.defineProperties(
    {},
    Object.fromEntries(apart.map(key => [key, getter(facts => rest(facts)[key])])),
  );
  for (const { operations } of Object.values(platforms))
    for (const facts of operations) Object.setPrototypeOf(facts, onDemand);
  return { platforms, general };
}

const getter = (read: (facts: OperationFacts) => unknown): PropertyDescriptor => ({
  get(this: OperationFacts) {
    return read(this);
  },
});
