import type { SimulatorRequest } from '../../../sandbox/router.ts';
import type { Fields } from './parameters.ts';
import { refusal } from './refusal.ts';
import { advancePipeline } from './runs.ts';
import { type Job, type Token, type User, userOf, type World } from './world.ts';

/** Who asks, and by which credential. Nothing at all: nobody in particular. */
export interface Caller {
  user?: User;
  token?: Token;
  job?: Job;
}

const unauthorized = () => refusal(401, { message: '401 Unauthorized' });
const dead = (error_description: string) => refusal(401, { error: 'invalid_token', error_description });

/** Reads the credential of a request. One that is present must be good, wherever it goes. */
export function authenticate(world: World, { headers, query }: SimulatorRequest, fields: Fields = {}): Caller {
  const bearer = /^Bearer\s+(\S+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const given = headers['private-token'] ?? query.get('private_token') ?? bearer;
  if (given !== undefined) return byToken(world, String(given));
  const job = headers['job-token'] ?? fields['job_token'];
  return job === undefined ? {} : byJob(world, String(job));
}

function byToken(world: World, value: string): Caller {
  const token = world.tokens.find(one => one.value === value);
  if (!token) throw unauthorized();
  if (token.revoked) throw dead('Token was revoked. You have to re-authorize from the user.');
  if (token.expiresAt !== null && token.expiresAt <= world.now())
    throw dead('Token is expired. You can either do re-authorization or token refresh.');
  token.lastUsedAt = world.now();
  return { token, user: userOf(world, token.userId) };
}

function byJob(world: World, value: string): Caller {
  const job = [...world.jobs.values()].find(one => one.token === value);
  if (job) advancePipeline(world, job.pipeline);
  if (job?.status !== 'running') throw unauthorized();
  return { job, user: userOf(world, job.userId) };
}

/** Refuses a credential that is good but not for this. */
export function checkScope(
  { token, job }: Caller,
  { method }: SimulatorRequest,
  route: {
    jobToken?: boolean;
    repository?: boolean;
  },
): void {
  if (job && !route.jobToken) throw unauthorized();
  if (!token) return;
  const reads = method === 'GET' || method === 'HEAD';
  const enough = ['api', ...(reads ? ['read_api'] : []), ...(reads && route.repository ? ['read_repository'] : [])];
  if (token.scopes.some(scope => enough.includes(scope))) return;
  throw refusal(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: reads ? 'api read_api' : 'api',
  });
}
