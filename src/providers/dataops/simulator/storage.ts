import * as crypto from 'node:crypto';
import type { SimulatorContext } from '../../../sandbox/host.ts';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import type { DataOpsState, Redirect } from './state.ts';

const linkSeconds = 600;
const credentials = ['private-token', 'authorization', 'job-token', 'cookie'];
const codes: Readonly<Record<number, string>> = { 400: 'InvalidArgument', 403: 'AccessDenied', 404: 'NoSuchKey' };

const refuse = (status: number, message: string): SimulatorReply => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${codes[status] ?? 'InternalError'}</Code><Message>${message}</Message></Error>`,
});

/** The object storage behind artifact downloads: an origin of its own that wants no credentials and says so of those it knows. */
export function createStorage(
  { clock, origin }: SimulatorContext,
  state: DataOpsState,
  archiveOf: (jobId: number) => Buffer | undefined,
): { site: Site; redirect: Redirect } {
  const secret = crypto.randomBytes(32);
  const seal = (path: string, expires: string): string =>
    crypto.createHmac('sha256', secret).update(`${path}\n${expires}`).digest('hex');

  function download({ path, query, params }: SimulatorRequest): SimulatorReply {
    const expires = query.get('X-Amz-Expires-At') ?? '';
    if (query.get('X-Amz-Signature') !== seal(path, expires)) return refuse(403, 'The signature does not match');
    if (clock.now() / 1000 >= Number(expires)) return refuse(403, 'Request has expired');
    const archive = archiveOf(Number(params['job']));
    if (!archive) return refuse(404, 'The specified key does not exist.');
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="artifacts.zip"',
    };
    return { status: 200, headers, body: archive };
  }

  return {
    redirect(path) {
      const expires = String(Math.floor(clock.now() / 1000) + linkSeconds);
      const query = new URLSearchParams({ 'X-Amz-Expires-At': expires, 'X-Amz-Signature': seal(path, expires) });
      return `${origin('storage')}${path}?${query}`;
    },
    site: {
      refuse,
      before({ headers, target }) {
        const leaked = credentials.filter(name => name in headers);
        if (leaked.length === 0) return undefined;
        state.leaks.push({ target, headers: leaked });
        // Object storage knows one credential; it takes no notice of what it has never heard of.
        return leaked.includes('authorization') ? refuse(400, 'Only one auth mechanism allowed') : undefined;
      },
      routes: { 'GET /artifacts/:job/artifacts.zip': download },
    },
  };
}
