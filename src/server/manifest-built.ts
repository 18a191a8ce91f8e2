import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFile } from '../base/build-files.ts';
import { lazy } from '../base/lazy.ts';
import type { Manifest, OperationDetails, OperationManifest } from '../catalog/manifest.ts';

/** The file that is read at every start. Most operations are not listed, and nobody looks at their details. */
export type ManifestIndex = Omit<Manifest, 'details' | 'words'>;

/** A file for each toolset: the details of its operations by name. */
export type ToolsetDetails = Readonly<Record<string, OperationDetails>>;

/** Name of the file of a toolset. */
export const fileOf = ({ platform, toolset }: OperationManifest): string => `${platform}-${toolset}.json`;

const read = (name: string): unknown => JSON.parse(readFileSync(join(buildFile('facts'), name), 'utf8'));

/** Name of the file with what people call operations. */
export const wordsFile = 'words.json';

const readWords = lazy(async () => read(wordsFile) as Awaited<ReturnType<Manifest['words']>>);

const files = new Map<string, ToolsetDetails>();

const readIndex = lazy((): Manifest => {
  return { ...(read('index.json') as ManifestIndex), details: readDetails, words: readWords };
});

/** What the build puts in the place of that of `manifest.ts`: reads what that has worked out. */
export const loadManifest = async (): Promise<Manifest> => readIndex();

async function readDetails(operation: OperationManifest): Promise<OperationDetails> {
  const name = fileOf(operation);
  const file = files.get(name) ?? (read(name) as ToolsetDetails);
  files.set(name, file);
  return file[operation.name] as OperationDetails;
}
