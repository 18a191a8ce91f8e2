import * as z from 'zod';
import { rsaPrivateKey } from '../../auth/private-key.ts';
import { signedRequest } from '../../auth/signed-request.ts';
import { isRow } from '../../base/json-value.ts';
import type { FaultReading } from '../../http/connection.ts';
import { isWebPage } from '../../http/refusal-page.ts';
import type { HttpReply } from '../../http/request.ts';
import { baseUrl, provider, secret } from '../provider.ts';
import { requestHash } from './signature.ts';

const fiveMinutes = 300_000;

export const datarock = provider({
  name: 'datarock',
  title: 'Datarock',
  pages: 'app.datarock.com.au',
  guide:
    'Drill-core data: projects hold holes and artefacts (data products such as RQD). ' +
    'To get data: datarock_create_export, then wait_for_run if it is not done, then read_result on the result:// table.',
  settings: () =>
    z.strictObject({
      base_url: baseUrl('API root, version included').default('https://api.prod.datarock.com.au/v3'),
      user: z.email().describe('E-mail address of the Datarock account that registered the key'),
      private_key: secret('RSA private key, PEM text; its public half is registered in Datarock under API Key'),
    }),
  connect({ base_url, user, private_key }) {
    return {
      baseUrl: base_url,
      auth: signedRequest({
        privateKey: rsaPrivateKey(private_key, 'DATAROCK_PRIVATE_KEY'),
        algorithm: 'RS256',
        claims({ url, now }) {
          const iat = Math.floor(now / 1000);
          return { requestHash: requestHash(user, iat, url), iat };
        },
        headers: token => ({ 'x-api-user': user, signature: token }),
      }),
      // "300 for exports" may mean all of /export/ and surely means five minutes: the careful reading of both.
      quotas: [
        { name: 'exports', requests: 300, perMs: fiveMinutes, appliesTo: ({ path }) => path.includes('/export/') },
        { name: 'API', requests: 1000, perMs: fiveMinutes, appliesTo: ({ path }) => !path.includes('/export/') },
      ],
      account: user,
      readFault,
      isOwnAnswer: isRow,
      secrets: [private_key],
    };
  },
  defaultToolsets: ['projects', 'exports'],
  load: async () => (await import('./operations/index.ts')).datarockCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  shows: async () => (await import('./shows.ts')).makeShows,
  simulator: async () => (await import('./simulator/simulator.ts')).datarockSimulator,
});

// Datarock publishes no errors. What these hints name are the causes its guides let one expect.
function readFault(reply: HttpReply): Partial<FaultReading> | undefined {
  switch (reply.status) {
    case 401:
      return {
        hint:
          'Check, in this order: the clock of this machine, DATAROCK_USER (exact letter case), that the key is the one ' +
          'registered last in Datarock (Navigation Menu > API Key; a new one replaces the old), DATAROCK_BASE_URL.',
      };
    case 403:
      // A web firewall answers in its own words when the five-minute quota is used up; the API answers in JSON. A web
      // page is somebody else's, and says nothing of the quota.
      if (typeof reply.body === 'string' && reply.body !== '' && !isWebPage(reply))
        return {
          code: 'rate_limited',
          message: 'Datarock answered 403 with a page that is not from the API, probably a rate block.',
          hint: 'Wait five minutes, then repeat the call. If it stays, ask Datarock support.',
          retryAfter: fiveMinutes / 1000,
          final: true,
        };
      return {
        hint: 'Ask Datarock support for API permission on this account; roles with access are Manager and administrator.',
      };
    case 404:
      return { hint: missingHint(new URL(reply.url).pathname) };
    default:
      return undefined;
  }
}

/** What a path that leads nowhere names, and where to look for the right one. */
function missingHint(path: string): string {
  if (path.endsWith('/projects'))
    return 'Check DATAROCK_BASE_URL: it ends with the version of the API, as in https://api.prod.datarock.com.au/v3.';
  if (path.endsWith('/export/artefacts'))
    return 'This API may not list exports; the run URI of an earlier answer names one.';
  if (/\/export\/artefacts\/[^/]+$/.test(path))
    return 'Check the id. An export older than 7 days is gone: start it again with datarock_create_export.';
  return 'Check names and ids with datarock_list_projects and datarock_list_artefacts. A project that is not assigned to this user looks the same.';
}
