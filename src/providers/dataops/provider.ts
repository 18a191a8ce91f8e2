import * as z from 'zod';
import { Fault } from '../../base/errors.ts';
import { isRow } from '../../base/json-value.ts';
import type { Auth } from '../../http/connection.ts';
import { baseUrl, provider, secret } from '../provider.ts';
import { faultReader } from './faults.ts';

const minute = 60_000;

export const dataops = provider({
  name: 'dataops',
  title: 'DataOps.live',
  pages: 'app.dataops.live',
  // The platform's own jobs and workspaces are full of them (docs.dataops.live, "Global Project Settings").
  sharesPrefix: true,
  guide:
    'CI pipelines that build Snowflake data products; projects are named by full path or number. ' +
    'Why did it fail: dataops_list_pipelines (status failed), then dataops_get_pipeline: failed jobs with the end of ' +
    'their logs. Start: dataops_run_pipeline, then wait_for_run.',
  settings: () =>
    z
      .strictObject({
        base_url: baseUrl('API root, version included').default('https://app.dataops.live/api/v4'),
        token: secret('Personal, project or group access token; scope api, or read_api to read only').optional(),
        job_token: secret('CI job token, where this server runs inside a job; few operations take it').optional(),
        trigger_token: secret('Pipeline trigger token of a project, for dataops_trigger_pipeline').optional(),
      })
      .refine(({ token, job_token }) => token ?? job_token, {
        path: ['token'],
        message: 'is missing (or job_token inside a CI job)',
      }),
  connect({ base_url, token, job_token, trigger_token }, clock) {
    return {
      baseUrl: base_url,
      auth: credentials({ token, job_token, trigger_token }, new URL(base_url).pathname),
      // The platform's window is fixed and begins with the minute; a sliding one of the same size never exceeds it.
      quotas: [{ name: 'user', requests: 600, perMs: minute, appliesTo: () => true }],
      lists: 'brackets',
      readFault: faultReader(clock),
      // Several of its changes answer with nothing, one with a list of what it added.
      isOwnAnswer: body => body == null || isRow(body) || (Array.isArray(body) && body.length > 0 && body.every(isRow)),
      secrets: [token, job_token, trigger_token].filter(one => one !== undefined),
    };
  },
  defaultToolsets: ['projects', 'pipelines'],
  load: async () => (await import('./operations/index.ts')).dataopsCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  simulator: async () => (await import('./simulator/simulator.ts')).dataopsSimulator,
});

interface Credentials {
  token?: string | undefined;
  job_token?: string | undefined;
  trigger_token?: string | undefined;
}

const trigger = /^POST \/projects\/[^/]+\/trigger\/pipeline$/;

// https://docs.gitlab.com/ci/jobs/ci_job_token/ says where a job token is good; elsewhere it gets a misleading 401 or 404.
const jobTokenRoutes = [
  /^GET \/job$/,
  /^(GET|POST|DELETE) \/projects\/[^/]+\/(jobs\/[^/]+\/artifacts|jobs\/artifacts|artifacts)(\/|$)/,
  /^\w+ \/projects\/[^/]+\/(deployments|environments|packages|releases)(\/|$)/,
  /^GET \/projects\/[^/]+\/repository\/(branches|tags|changelog|commits\/[^/]+(\/merge_requests)?$|files\/[^/]+\/raw)/,
  /^GET \/projects\/[^/]+\/merge_requests(\/|$)/,
  /^PUT \/projects\/[^/]+\/pipelines\/[^/]+\/metadata$/,
  /^GET \/projects\/[^/]+\/(pipelines\/[^/]+\/)?jobs$/,
];

/** Access token before job token; a trigger needs its own token in the body, and nothing besides. */
function credentials({ token, job_token, trigger_token }: Credentials, root: string): Auth {
  const lineOf = ({ method, url }: { method: string; url: string }) =>
    `${method} ${new URL(url).pathname.slice(root.replace(/\/$/, '').length)}`;
  return {
    async headers(request) {
      const line = lineOf(request);
      if (trigger.test(line)) {
        if (trigger_token ?? job_token) return {};
        throw noTriggerToken();
      }
      if (token) return { 'private-token': token };
      if (jobTokenRoutes.some(route => route.test(line))) return { 'job-token': job_token as string };
      throw notForJobs();
    },
    fields(request) {
      const used = trigger_token ?? job_token;
      return used && trigger.test(lineOf(request)) ? { token: used } : undefined;
    },
  };
}

const noTriggerToken = () =>
  new Fault({
    code: 'not_configured',
    message: 'This connection has no pipeline trigger token. Nothing was sent.',
    hint: 'Use dataops_run_pipeline, or ask the operator to set DATAOPS_TRIGGER_TOKEN (Settings > CI/CD > Triggers).',
  });

const notForJobs = () =>
  new Fault({
    code: 'missing_scope',
    message: 'This connection has a CI job token only, and DataOps.live does not take it here. Nothing was sent.',
    hint: 'Job tokens reach artifacts, packages, releases, deployments, environments and job lists. For the rest the operator sets DATAOPS_TOKEN.',
  });
