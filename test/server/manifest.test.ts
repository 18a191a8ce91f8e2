import { expect, test } from 'vitest';
import type { Facts } from '../../src/catalog/manifest.ts';
import { loadFacts } from '../../src/server/manifest.ts';
import { loadFacts as loadBuiltFacts } from '../../src/server/manifest-built.ts';

const operationsOf = ({ platforms }: Facts) => Object.values(platforms).flatMap(({ operations }) => operations);

const detailsOf = async (facts: Facts) =>
  Promise.all(operationsOf(facts).map(async one => [one.name, await facts.details(one)] as const));

test('what the build keeps in files is what the records say', async () => {
  const [worked, built] = await Promise.all([loadFacts(), loadBuiltFacts()]);
  expect(operationsOf(worked).length).toBeGreaterThan(100);
  expect(built.platforms).toEqual(worked.platforms);
  expect(built.general).toEqual(worked.general);
  expect(await detailsOf(built)).toEqual(await detailsOf(worked));
});
