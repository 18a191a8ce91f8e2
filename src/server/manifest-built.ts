import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from '../base/build-files.ts';
import { lazily } from '../base/lazy.ts';
import type { Facts, OperationDetails, OperationFacts } from '../catalog/manifest.ts';

/** The file that is read at every start. Most operations are not listed, and nobody looks at their details. */
export type FactsIndex = Omit<Facts, 'details'>;

/** A file for each toolset: the details of its operations by name. */
export type ToolsetDetails = Readonly<Record<string, OperationDetails>>;

/** Name of the file of a toolset. */
export const fileOf = ({ platform, toolset }: OperationFacts): string => `${platform}-${toolset}.json`;

const read = (name: string): unknown => JSON.parse(readFileSync(join(built('facts'), name), 'utf8'));

const files = new Map<string, ToolsetDetails>();

const readIndex = lazily((): Facts => {
  return { ...(read('index.json') as FactsIndex), details: readDetails };
});

/** What the build puts in the place of that of `manifest.ts`: reads what that has worked out. */
export const loadFacts = async (): Promise<Facts> => readIndex();

async function readDetails(operation: OperationFacts): Promise<OperationDetails> {
  const name = fileOf(operation);
  const file = files.get(name) ?? (read(name) as ToolsetDetails);
  files.set(name, file);
  return file[operation.name] as OperationDetails;
}
