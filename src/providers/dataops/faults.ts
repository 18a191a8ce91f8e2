import type { Clock } from '../../base/clock.ts';
import type { Connection } from '../../http/connection.ts';
import type { HttpReply, HttpRequest } from '../../http/request.ts';

type Body = Record<string, unknown>;

/** Reads GitLab's ways of saying no; what is not here follows from the status. */
export function faultReader(clock: Clock): NonNullable<Connection['readFault']> {
  return (reply, request) => {
    if (reply.status < 400) return undefined;
    const body = (typeof reply.body === 'object' && reply.body !== null ? reply.body : {}) as Body;
    switch (reply.status) {
      case 401:
        return { hint: dead.test(String(body['error'])) ? renew : checkToken };
      case 403:
        return forbidden(body, reply, request);
      case 404:
        return notFound(body, reply.url, request.isWholeListing);
      case 405:
        return { code: 'rejected', hint: paging.test(String(body['error'])) ? narrower : refused };
      case 409:
        return /resource lock/i.test(JSON.stringify(reply.body))
          ? { hint: 'Repeat the call in a few seconds: the platform was busy with the same thing.', transient: true }
          : undefined;
      case 429:
        return limited(reply, clock.now());
      default:
        return undefined;
    }
  };
}

const dead = /invalid_token/;
const paging = /pagination/i;
const renew = 'Ask the operator for a new access token: this one has expired or was revoked.';
const checkToken = 'Check DATAOPS_TOKEN and DATAOPS_BASE_URL; check_connections shows whose token it is.';
const narrower = 'Leave order_by out, or narrow the listing with search or dates.';
const refused = 'The state of the thing does not allow it: read it again, and look at its status.';

function forbidden(body: Body, { url }: HttpReply, { operation }: HttpRequest) {
  if (body['error'] === 'insufficient_scope') {
    const scope = String(body['scope'] ?? 'api')
      .split(' ')
      .join(' or ');
    return {
      code: 'missing_scope' as const,
      message: `The access token of this connection lacks the scope ${scope}, which ${operation} needs.`,
      hint: `Ask the operator for a token with the scope ${scope}.`,
    };
  }
  // GitLab hides the missing pipeline behind a refusal: https://docs.gitlab.com/api/pipelines/
  if (/\/pipelines\/latest(\?|$)/.test(url))
    return {
      code: 'not_found' as const,
      message: 'There is no pipeline on that branch or tag, or this token may not see it.',
      hint: 'dataops_list_pipelines shows which refs have pipelines.',
    };
  const where = /\/(projects|groups)\/[^/?]+/.exec(new URL(url).pathname)?.[1];
  const of = where ? ` in the ${where.slice(0, -1)}` : '';
  return {
    hint: `The role of this token${of} is too low, or the state of the thing forbids it. Reporter reads, Developer runs pipelines, Maintainer changes settings.`,
  };
}

function notFound(body: Body, url: string, isWholeListing = false) {
  if (body['error'] === '404 Not Found')
    return { hint: 'This host has no such route: check the base URL of the connection.', noRoute: true };
  if (isWholeListing) return undefined;
  // What the platform says of the thing comes before any guess; most answers say it under `message`.
  const said = body['message'] ?? body['error'] ?? '';
  if (typeof said !== 'string') return { hint: checkId };
  const what = said.replace(/^404 /, '');
  const named = /^(?!not found)(.+) not found$/i.exec(what)?.[1];
  return {
    message: `${named ?? 'What was asked for'} is absent, or hidden from this token ("404 ${what || 'Not Found'}").`,
    hint: named === 'Project' ? findProject : hintFor(url),
  };
}

const checkId =
  'Check the id with the listing it comes from (dataops_list_projects, dataops_list_pipelines ...). A token without access sees the same.';

/** Where to look, going by the route. */
function hintFor(url: string): string {
  if (/\/jobs\/(?:\d+\/)?artifacts\//.test(url))
    return 'dataops_list_artifacts shows the files that a job left; their paths are case-sensitive.';
  return checkId;
}

const findProject =
  'dataops_list_projects shows the paths of projects. A token without access sees the same as of one that does not exist.';

// A quota of one feature answers without headers; its window is the same minute of the clock.
function limited({ headers }: HttpReply, now: number) {
  if (headers['retry-after'] ?? headers['ratelimit-reset']) return undefined;
  return { retryAfter: 60 - (Math.floor(now / 1000) % 60) };
}
