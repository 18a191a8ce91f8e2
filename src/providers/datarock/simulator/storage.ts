import * as crypto from 'node:crypto';
import { Readable } from 'node:stream';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { csvOf } from './seed/seed.ts';
import { type DatarockState, isAlive, type Links, unixSeconds } from './state.ts';

/** Links carry their own proof, so none has to be remembered. */
export function createLinks({ clock, origin }: SimulatorContext, state: DatarockState): Links {
  const secret = crypto.randomBytes(32);
  const seal = (path: string, expires: string, nonce: string): string =>
    crypto.createHmac('sha256', secret).update(`${path}\n${expires}\n${nonce}`).digest('base64url');
  return {
    make(job, hole) {
      const path = `/exports/${job.uuid}/${encodeURIComponent(`${hole.id}.csv`)}`;
      const linkExpiryTime = unixSeconds(clock.now()) + state.linkSeconds;
      const nonce = crypto.randomBytes(12).toString('base64url');
      const token = seal(path, String(linkExpiryTime), nonce);
      const query = new URLSearchParams({ expires: String(linkExpiryTime), nonce, token });
      return { url: `${origin('storage')}${path}?${query}`, linkExpiryTime };
    },
    check({ path, query }) {
      const expires = query.get('expires') ?? '';
      const token = seal(path, expires, query.get('nonce') ?? '');
      return { genuine: token === query.get('token'), expires: Number(expires) };
    },
  };
}

const storageCodes: Readonly<Record<number, string>> = {
  400: 'InvalidArgument',
  403: 'AccessDenied',
  404: 'NoSuchKey',
};

function refuseAsStorage(status: number, message: string): SimulatorReply {
  const code = storageCodes[status] ?? 'InternalError';
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** The file store behind the links: an origin of its own that wants no credentials. */
export function storageSite({ clock }: SimulatorContext, state: DatarockState, links: Links): Site {
  function download(request: SimulatorRequest): SimulatorReply {
    const { genuine, expires } = links.check(request);
    if (!genuine) return refuseAsStorage(403, 'Access denied');
    if (clock.now() / 1000 >= expires) return refuseAsStorage(403, 'Request has expired');
    const { export: uuid = '', file = '' } = request.params;
    const job = state.exports.get(uuid);
    const hole = job?.holes.find(({ id }) => `${id}.csv` === file);
    const table = job?.artefact.versions[job.version];
    if (!job || !hole?.source || !table || !isAlive(job, clock.now(), state)) {
      return refuseAsStorage(404, 'The specified key does not exist.');
    }
    if (state.brokenFiles.has(hole.id)) return refuseAsStorage(500, 'We encountered an internal error.');
    const text = csvOf(table, hole.source.hole, state.missingColumns.get(hole.id));
    const body = Readable.from(text, { objectMode: true, highWaterMark: 1 });
    return { status: 200, headers: { 'content-type': 'text/csv' }, body };
  }

  return {
    refuse: refuseAsStorage,
    before({ headers, target }) {
      const leaked = ['x-api-user', 'signature'].filter(name => name in headers);
      if (leaked.length === 0) return undefined;
      state.leaks.push({ target, headers: leaked });
      return refuseAsStorage(400, 'Only one auth mechanism allowed');
    },
    routes: { 'GET /exports/:export/:file': download },
  };
}
