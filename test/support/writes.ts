import { type Operation, platformOf, routeOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import type { World } from './harness.ts';

const code = await Promise.all(providers.map(provider => provider.load()));

/** Every operation that changes something. */
export const writes: readonly Operation[] = code.flatMap(operationsOf).filter(({ risk }) => risk !== 'reads');

/** What each of them says, called as in its example, where its platform answers so; and how often it was sent. */
export async function* answersTo(world: World, kind: FaultKind, operations = writes) {
  const simulators = world as unknown as Record<string, World['datarock']>;
  for (const operation of operations) {
    const { name, example } = operation;
    const { faults, requests } = simulators[platformOf(operation)] as World['datarock'];
    const { method } = routeOf(operation);
    const match = { method, path: targetOf(operation) };
    const restore = faults.add({ ...kind, match });
    const before = requests.length;
    const { text, raw } = await world.call(name, { ...example.arguments, ...examplesWithSeed[name] });
    restore();
    const sent = requests.slice(before).filter(one => one.method === method && match.path.test(one.target)).length;
    yield { operation, text, raw, sent };
  }
}

/** The end of a target that the operation's request goes to. */
function targetOf(operation: Operation): RegExp {
  const { path } = routeOf(operation);
  const parts = path
    .split(/(\{\w+\*?\})/)
    .map(part => (part.startsWith('{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`${parts.join('')}(\\?|$)`);
}

/** Arguments about something of the seed, where an example is about what no seed has. */
export const examplesWithSeed: Readonly<Record<string, Record<string, unknown>>> = {
  datagrok_upload_file: { source: [{ a: 1 }] },
  datagrok_upload_table: { source: [{ a: 1 }] },
  datamin_run_pipeline: { pipeline: 'Nightly revenue sync' },
  dataops_add_incident_image: { file: [{ a: 1 }] },
  dataops_play_schedule: { schedule: 'Nightly full load' },
};
