import { expect, test } from 'vitest';
import type { Facts, OperationFacts } from '../../src/catalog/manifest.ts';
import { loadFacts } from '../../src/server/manifest.ts';
import { loadFacts as loadBuiltFacts } from '../../src/server/manifest-built.ts';

/** Every field that the original has, read from the other: most are read from a file when somebody looks. */
const like = (original: OperationFacts, other: OperationFacts | undefined) =>
  Object.fromEntries(Object.keys(original).map(key => [key, other?.[key as keyof OperationFacts]]));

const operationsOf = ({ platforms }: Facts) => Object.values(platforms).flatMap(({ operations }) => operations);

test('what the build keeps in files is what the records say', async () => {
  const [worked, built] = await Promise.all([loadFacts(), loadBuiltFacts()]);
  const operations = operationsOf(worked);
  expect(operations.length).toBeGreaterThan(100);
  const byName = new Map(operationsOf(built).map(operation => [operation.name, operation]));
  for (const operation of operations) expect(like(operation, byName.get(operation.name))).toEqual(operation);
  expect(byName.size).toBe(operations.length);
  const runsOf = ({ platforms }: Facts) => Object.entries(platforms).map(([name, { runs }]) => [name, runs]);
  expect(runsOf(built)).toEqual(runsOf(worked));
  expect(built.general).toEqual(worked.general);
});
