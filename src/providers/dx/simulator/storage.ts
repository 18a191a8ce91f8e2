import * as crypto from 'node:crypto';
import { Readable } from 'node:stream';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import type { DxState, Links, StoredFile } from './state.ts';

/** The file store behind presigned links: an origin of its own that wants no credentials. */
export function createStorage({ clock, origin }: SimulatorContext, state: DxState): { site: Site; links: Links } {
  const secret = crypto.randomBytes(32);
  const files = new Map<string, StoredFile>();
  const seal = (path: string, expires: string): string =>
    crypto.createHmac('sha256', secret).update(`${path}\n${expires}`).digest('hex');

  const site: Site = {
    refuse: refuseAsStorage,
    before({ headers, target }) {
      if (!('authorization' in headers)) return undefined;
      state.leaks.push(target);
      return refuseAsStorage(400, 'Only one auth mechanism allowed');
    },
    routes: {
      'GET /dx-results/:name'({ path, params, query }) {
        const expires = query.get('X-Amz-Expires') ?? '';
        if (seal(path, expires) !== query.get('X-Amz-Signature')) return refuseAsStorage(403, 'Access denied');
        if (clock.now() / 1000 >= Number(expires)) return refuseAsStorage(403, 'Request has expired');
        const file = files.get(params['name'] ?? '');
        if (!file) return refuseAsStorage(404, 'The specified key does not exist.');
        return { status: 200, headers: { 'content-type': file.type }, body: Readable.from(file.content()) };
      },
    },
  };

  return {
    site,
    links: {
      make(name, file) {
        files.set(name, file);
        const path = `/dx-results/${encodeURIComponent(name)}`;
        const expires = String(Math.floor(clock.now() / 1000) + state.linkSeconds);
        const query = new URLSearchParams({ 'X-Amz-Expires': expires, 'X-Amz-Signature': seal(path, expires) });
        return `${origin('storage')}${path}?${query}`;
      },
    },
  };
}

function refuseAsStorage(status: number, message: string): SimulatorReply {
  const code = status === 403 ? 'AccessDenied' : status === 404 ? 'NoSuchKey' : 'InvalidRequest';
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${error}`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
