import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { type Call, type Endpoint, ok, pick } from '../call.ts';
import { describeEntity } from '../entities.ts';
import { matching } from '../filter.ts';
import { isoTime, type Package, type PublishedPackage } from '../world.ts';

const serverVersion = '1.28.4';

const services = [
  { key: 'datlas', type: 'core', name: 'Datlas', description: 'Server' },
  { key: 'db', type: 'core', name: 'Database', description: 'PostgreSQL database' },
  { key: 'grok_connect', type: 'connectors', name: 'Grok Connect', description: 'Database connectors' },
  { key: 'jupyter', type: 'scripting', name: 'Jupyter Kernel Gateway', description: 'Script execution' },
  { key: 'grok_pipe', type: 'core', name: 'Grok Pipe', description: 'Message broker' },
] as const;

/** Always 200: what is wrong is in the body. */
function health({ state, now, query }: Call): SimulatorReply {
  const module = query('module');
  const all = services.map(service => {
    const failed = state.failedServices.has(service.key);
    return { ...service, enabled: true, started: !failed, time: isoTime(now), status: failed ? 'Failed' : 'Running' };
  });
  const shown = all.filter(({ key }) => !module || key === module);
  const status = shown.every(({ started }) => started) ? 'ok' : 'degraded';
  return ok({ status, server: state.server, version: serverVersion, time: isoTime(now), services: shown });
}

const describePackage = (one: Package) => ({
  '#type': 'Package',
  ...describeEntity(one),
  fullName: one.name,
  category: one.category,
  imageUrl: null,
  url: one.url,
});

const describePublished = (one: PublishedPackage) => ({
  '#type': 'PublishedPackage',
  ...describeEntity(one),
  version: one.version,
  isCurrent: one.isCurrent,
  debug: one.debug,
  packageAuthor: one.packageAuthor,
  publishedOn: isoTime(one.publishedOn),
  commit: one.commit,
});

function listPublished(call: Call): SimulatorReply {
  const wanted = call.query('packageId');
  const found = [...call.world.publishedPackages.values()].filter(one => !wanted || one.package === wanted);
  return ok(matching(call, found.map(describePublished)));
}

function getPackage(call: Call): SimulatorReply {
  return ok(describePackage(pick(call, 'Package', call.world.packages.values(), call.identifier('id'))));
}

function getPublished(call: Call): SimulatorReply {
  return ok(describePublished(pick(call, 'Package', call.world.publishedPackages.values(), call.identifier('id'))));
}

export const serverEndpoints: readonly Endpoint[] = [
  [
    'B10-list',
    'GET /public/v1/packages',
    call => ok(matching(call, [...call.world.packages.values()].map(describePackage))),
  ],
  ['B10-published', 'GET /public/v1/packages/published', listPublished],
  ['B10-published-get', 'GET /public/v1/packages/published/:id', getPublished],
  ['B10-get', 'GET /public/v1/packages/:id', getPackage],
  ['B11', 'GET /public/v1/healthcheck', health],
  ['C6-server', 'GET /info/server', () => ok({ Version: serverVersion, Commit: '3f9d2c7' })],
];
