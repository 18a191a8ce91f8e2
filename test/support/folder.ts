import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Row } from '../../src/base/json-value.ts';
import { markerFile } from '../../src/results/store/claim.ts';
import { type Origin, openResultStore, type StoreSettings } from '../../src/results/store/store.ts';

export const day = 86_400_000;

export async function freshFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'results-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** What is in a results folder, but for the file that says so. */
export const entriesOf = async (directory: string) => (await readdir(directory)).filter(name => name !== markerFile);

/** A store in a fresh folder, with a time that stands still until it is told. */
export async function freshStore(settings: Partial<StoreSettings> = {}) {
  const time = { now: Date.parse('2026-11-21T08:00:00Z') };
  const clock = { ...systemClock(), now: () => time.now };
  const directory = settings.directory ?? (await freshFolder());
  return { store: openResultStore({ ...settings, directory, clock }), directory, time, clock };
}

export function origin(changes: Partial<Origin> = {}): Origin {
  const source = {
    operation: 'core_download_export',
    arguments: { export: 'e1' },
    connection: 'core',
    at: '2026-11-21',
  };
  return { name: 'export.csv', mediaType: 'text/csv', source, ...changes };
}

/** The text as a stream of pieces of so many bytes, which cut characters and line ends in two. */
export async function* pieces(text: string | Buffer, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export function values(rows: readonly Row[]): unknown[][] {
  return rows.map(row => Object.values(row));
}
