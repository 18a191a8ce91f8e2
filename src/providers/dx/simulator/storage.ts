import { Readable } from 'node:stream';
import { createStorage as createLinkedStorage } from '../../../sandbox/frame/storage.ts';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { Site } from '../../../sandbox/site.ts';
import type { DxState, Links, StoredFile } from './state.ts';

/** Files that somebody got a link to, by name. */
export function createStorage(context: SimulatorContext, state: DxState): { site: Site; links: Links } {
  const files = new Map<string, StoredFile>();
  const { site, link } = createLinkedStorage(context, {
    line: 'GET /dx-results/:name',
    parameters: { expires: 'X-Amz-Expires', seal: 'X-Amz-Signature' },
    credentials: ['authorization'],
    linkSeconds: () => state.linkSeconds,
    onLeak: target => state.leaks.push(target),
    read({ params }) {
      const file = files.get(params['name'] ?? '');
      return file && { status: 200, headers: { 'content-type': file.type }, body: Readable.from(file.content()) };
    },
  });
  return {
    site,
    links: {
      make(name, file) {
        files.set(name, file);
        return link(`/dx-results/${encodeURIComponent(name)}`).url;
      },
    },
  };
}
