import * as z from 'zod';
import { clientCredentials } from '../../auth/client-credentials.ts';
import { isRow } from '../../base/json-value.ts';
import type { FaultReading } from '../../http/connection.ts';
import type { HttpReply, HttpRequest } from '../../http/request.ts';
import { baseUrl, provider, secret } from '../provider.ts';

/** `{ "nightly": "5b7e…" }`, also as text in a variable. */
const names = (what: string) =>
  z
    .preprocess(value => (typeof value === 'string' ? tryJson(value) : value), z.record(z.string(), z.uuid()))
    .optional()
    .describe(`Names of ${what}, as JSON: {"name": "uuid"}; Datamin itself lists none`);

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const rowsOf = (given: Record<string, string> = {}) => Object.entries(given).map(([name, uuid]) => ({ name, uuid }));

export const datamin = provider({
  name: 'datamin',
  title: 'Datamin',
  pages: 'app.datamin.io',
  guide:
    'Data pipelines (today also called Ylem). datamin_run_pipeline starts one and waits; datamin_get_run shows what its ' +
    'tasks made; datamin_get_pipeline_history compares calendar periods. Durations are ms.',
  settings: () =>
    z.strictObject({
      base_url: baseUrl('API root, with or without /v1')
        .transform(url => (url.endsWith('/v1') ? url : `${url}/v1`))
        .default('https://api.datamin.io/v1'),
      client_id: z.string().min(1).describe('Id of the API client, a UUID'),
      client_secret: secret('Secret of the API client'),
      credentials_in: z
        .enum(['query', 'form'])
        .default('query')
        .describe('Where id and secret travel in the token request'),
      pipelines: names('pipelines'),
      tasks: names('tasks'),
    }),
  connect({ base_url, client_id, client_secret, credentials_in, pipelines, tasks }, clock) {
    return {
      baseUrl: base_url,
      auth: clientCredentials(
        {
          tokenUrl: `${base_url}/oauth/token`,
          clientId: client_id,
          clientSecret: client_secret,
          credentialsIn: credentials_in,
          title: 'Datamin',
          setting: 'DATAMIN_BASE_URL',
          hint: error => hints[error ?? ''] ?? 'Check DATAMIN_CLIENT_ID and DATAMIN_CLIENT_SECRET.',
        },
        clock,
      ),
      account: `API client ${client_id}`,
      quotas: [],
      readFault,
      // One thing, or one for each first task.
      isOwnAnswer: body => isRow(body) || (Array.isArray(body) && body.length > 0 && body.every(isRow)),
      named: { pipelines: rowsOf(pipelines), tasks: rowsOf(tasks) },
      secrets: [client_secret],
    };
  },
  defaultToolsets: ['pipelines'],
  load: async () => (await import('./operations/index.ts')).dataminCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  simulator: async () => (await import('./simulator/simulator.ts')).dataminSimulator,
});

/** By the error code of the token endpoint. */
const hints: Readonly<Record<string, string>> = {
  server_error:
    'DATAMIN_CLIENT_ID is probably wrong: Datamin answers so to an id it does not know. If it is right, repeat the call later.',
  invalid_client:
    'Check DATAMIN_CLIENT_SECRET: it does not belong to DATAMIN_CLIENT_ID. The secret is shown once, when the API client is made.',
};

/* Most refusals have no body; what they mean follows from the route (github.com/ylem-co/ylem). */
function readFault(
  { status, body, headers }: HttpReply,
  { operation, method }: HttpRequest,
): Partial<FaultReading> | undefined {
  const starting = method === 'POST';
  const empty = body === undefined || body === '';
  if (status === 401)
    return {
      hint: 'The token was refused. Check that the API client still exists, and that the plan of the account has the API.',
    };
  // The gateway refuses a scope without a type; what stands behind it refuses a paused pipeline with one.
  if (status === 403 && starting && /json/.test(headers['content-type'] ?? ''))
    return {
      code: 'rejected',
      message: 'Datamin refused to start the pipeline: it is paused.',
      hint: 'Resume it in the web interface of Datamin, then start it again.',
    };
  if (status === 403 && starting && empty)
    return {
      message: 'The API client lacks the right to run pipelines.',
      hint: 'Give it the scope pipelines:run (formerly workflows:run).',
    };
  if (status === 403 && empty)
    return { hint: 'The API client lacks a scope: stats:read is needed for statistics and logs.' };
  if (status === 403 && /last_run/.test(operation))
    return {
      code: 'not_found',
      message: 'There has been no run yet, or it belongs to another organisation.',
      hint: 'Check the UUID in the web interface; Datamin answers both alike.',
    };
  if (status === 403 && isRow(body))
    return {
      code: 'not_found',
      message: 'Datamin shows this API client no such pipeline or task: it belongs to another organisation.',
      hint: 'Check the UUID in the web interface, and which organisation the API client is of.',
    };
  if (status === 404 && starting)
    return {
      message: 'Datamin cannot run this pipeline: there is no such one, it is a template, or it has no tasks.',
      hint: 'Check the UUID in the web interface, or datamin_list_pipelines for the configured names.',
    };
  if (status === 404 && /page not found/.test(String(body)))
    return {
      hint: 'The address does not exist: check DATAMIN_BASE_URL; it ends in the host or in /v1.',
      noRoute: true,
    };
  return undefined;
}
