import { Readable } from 'node:stream';
import { createStorage as createLinkedStorage, refuseAsStorage, type Storage } from '../../../sandbox/frame/storage.ts';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import { csvOf } from './seed/seed.ts';
import { type DatarockState, isAlive, type Links } from './state.ts';

/** The CSV files of exports, behind links that hold for a while. */
export function createStorage(context: SimulatorContext, state: DatarockState): Storage & { links: Links } {
  function read({ params }: SimulatorRequest): SimulatorReply | undefined {
    const { export: uuid = '', file = '' } = params;
    const job = state.exports.get(uuid);
    const hole = job?.holes.find(({ id }) => `${id}.csv` === file);
    const table = job?.artefact.versions[job.version];
    if (!job || !hole?.source || !table || !isAlive(job, context.clock.now(), state)) return undefined;
    if (state.brokenFiles.has(hole.id)) return refuseAsStorage(500, 'We encountered an internal error.');
    const text = csvOf(table, hole.source.hole, state.missingColumns.get(hole.id));
    const body = Readable.from(text, { objectMode: true, highWaterMark: 1 });
    return { status: 200, headers: { 'content-type': 'text/csv' }, body };
  }

  const storage = createLinkedStorage(context, {
    line: 'GET /exports/:export/:file',
    parameters: { expires: 'expires', seal: 'token', nonce: 'nonce' },
    credentials: ['x-api-user', 'signature'],
    linkSeconds: () => state.linkSeconds,
    onLeak: (target, headers) => state.leaks.push({ target, headers }),
    read,
  });
  return {
    ...storage,
    links: {
      make(job, hole) {
        const { url, expires } = storage.link(`/exports/${job.uuid}/${encodeURIComponent(`${hole.id}.csv`)}`);
        return { url, linkExpiryTime: expires };
      },
    },
  };
}
