import { expect, test } from 'vitest';
import type { Manifest } from '../../src/catalog/manifest.ts';
import { loadManifest } from '../../src/server/manifest.ts';
import { loadManifest as loadBuiltFacts } from '../../src/server/manifest-built.ts';

const operationsOf = ({ platforms }: Manifest) => Object.values(platforms).flatMap(({ operations }) => operations);

const detailsOf = async (facts: Manifest) =>
  Promise.all(operationsOf(facts).map(async one => [one.name, await facts.details(one)] as const));

test('what the build keeps in files is what the records say', async () => {
  const [worked, built] = await Promise.all([loadManifest(), loadBuiltFacts()]);
  expect(operationsOf(worked).length).toBeGreaterThan(100);
  expect(built.platforms).toEqual(worked.platforms);
  expect(built.general).toEqual(worked.general);
  expect(await detailsOf(built)).toEqual(await detailsOf(worked));
});
