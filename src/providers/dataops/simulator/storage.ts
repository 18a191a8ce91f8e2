import { createStorage as createLinkedStorage } from '../../../sandbox/frame/storage.ts';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { Site } from '../../../sandbox/site.ts';
import type { DataOpsState, Redirect } from './state.ts';

const linkSeconds = 600;

/** The object storage behind artifact downloads. Of the credentials that reach it, it knows `Authorization` alone. */
export function createStorage(
  context: SimulatorContext,
  state: DataOpsState,
  archiveOf: (jobId: number) => Buffer | undefined,
): { site: Site; redirect: Redirect } {
  const { site, link } = createLinkedStorage(context, {
    line: 'GET /artifacts/:job/artifacts.zip',
    parameters: { expires: 'X-Amz-Expires-At', seal: 'X-Amz-Signature' },
    credentials: ['private-token', 'authorization', 'job-token', 'cookie'],
    refused: ['authorization'],
    linkSeconds: () => linkSeconds,
    onLeak: (target, headers) => state.leaks.push({ target, headers }),
    read({ params }) {
      const archive = archiveOf(Number(params['job']));
      const headers = {
        'content-type': 'application/zip',
        'content-disposition': 'attachment; filename="artifacts.zip"',
      };
      return archive && { status: 200, headers, body: archive };
    },
  });
  return { site, redirect: path => link(path).url };
}
