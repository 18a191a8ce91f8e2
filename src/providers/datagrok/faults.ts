import type { FaultCode } from '../../base/errors.ts';
import { firstWords, jsonOf } from '../../http/body.ts';
import type { FaultReading } from '../../http/connection.ts';
import type { HttpReply, HttpRequest } from '../../http/request.ts';

interface ApiError {
  message: string;
  code: number | undefined;
}

/**
 * Datagrok says no in three ways: by status, by the header `api-error` on a 200, and by a body of the type ApiError
 * alone. Its stack traces stay here.
 */
export function readFault(reply: HttpReply, request: HttpRequest): Partial<FaultReading> | undefined {
  const { status, headers, body } = reply;
  const error = apiErrorIn(body);
  if (status === 404 || status === 405) return missing(request.operation, status, error);
  if (status >= 400)
    return { ...(error && { message: refusalText(request, error, status) }), ...hintOf(status, error?.message) };
  if (error || headers['api-error'] !== undefined) return inSuccess(request, error);
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '');
  if (!isJson && isWebPage(body) && !/\.html?$/i.test(new URL(reply.url).pathname)) return wrongRoot(request);
  return sharedWithNobody(request, body);
}

function apiErrorIn(body: unknown): ApiError | undefined {
  const value = typeof body === 'string' && /^\s*\{/.test(body) ? valueIn(body) : body;
  if (typeof value !== 'object' || value === null || !('#type' in value) || value['#type'] !== 'ApiError')
    return undefined;
  const { message, error, innerError, errorCode } = value as Record<string, unknown>;
  const inner = (innerError as { message?: unknown } | undefined)?.message;
  const words = [message, error, inner].find(one => typeof one === 'string' && one !== '');
  return { message: firstWords(String(words ?? 'no reason given'), 300), code: Number(errorCode) || undefined };
}

function valueIn(text: string): unknown {
  const parsed = jsonOf(text);
  return 'value' in parsed ? parsed.value : undefined;
}

const refusalText = ({ operation }: HttpRequest, { message, code }: ApiError, status?: number) =>
  `Datagrok refused ${operation}${(code ?? status) ? ` (${code ?? status})` : ''}: "${message}"`;

function inSuccess(request: HttpRequest, error: ApiError | undefined): Partial<FaultReading> {
  const known = error ?? { message: 'no reason given', code: undefined };
  const message = refusalText(request, known);
  if (known.code === undefined && blamesArguments(request, known.message))
    return {
      code: 'bad_arguments',
      message: `The function did not take what it was given: "${known.message}"`,
      hint: 'Change the arguments; datagrok_get_function shows what it takes. What it did before that stays done.',
    };
  if (known.code === undefined)
    return {
      code: 'upstream_down',
      // Not an overload: the same call fails the same way.
      final: true,
      message: `Datagrok failed at ${request.operation}: "${known.message}"`,
      hint: 'The failure is inside the platform, or inside the function. Its server log has the details.',
    };
  return {
    code: codes[known.code] ?? (known.code >= 500 ? 'upstream_down' : 'rejected'),
    message,
    ...hintOf(known.code, known.message),
  };
}

/** By the name of the exception, in the languages that functions are written in. */
const argumentErrors =
  /\b(Key|Value|Index|Lookup|Name|Type|Range|Argument)Error\b|\b(Illegal)?Argument(Null|OutOfRange)?Exception\b/;

const blamesArguments = ({ operation }: HttpRequest, message: string): boolean =>
  operation === 'datagrok_call_function' && argumentErrors.test(message);

const codes: Readonly<Record<number, FaultCode>> = {
  401: 'unauthorized',
  403: 'missing_scope',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
};

/** Which operation lists what could not be found, going by the vendor's words. */
const listings: readonly (readonly [RegExp, string])[] = [
  [/\btable/i, 'datagrok_list_tables'],
  [/\b(group|user)/i, 'datagrok_lookup_groups'],
  [/\b(dashboard|project)/i, 'datagrok_search_projects'],
  [/\b(function|script|query)/i, 'datagrok_list_functions'],
  [/\b(file|folder|directory)/i, 'datagrok_list_files'],
  [/\b(connect|share)/i, 'datagrok_list_connections'],
];

function whereToLook(message: string): string {
  // What follows the colon is the name, which can hold any word.
  const [thing = ''] = message.split(':', 1);
  const [, listing] = listings.find(([word]) => word.test(thing)) ?? [];
  const look = listing ? `${listing} shows those there are` : 'Check the name or id';
  return `${look}; what this account may not see looks the same.`;
}

function hintOf(status: number, message = ''): Partial<FaultReading> {
  switch (status) {
    case 401:
      return {
        hint: 'Check DATAGROK_API_KEY: it is on the user profile page, link "API Key". A token of a developer key needs DATAGROK_RAW_KEY=true.',
      };
    case 403:
      return { hint: 'Ask the owner of the thing, or an administrator, for the permission.' };
    case 404:
      return { hint: whereToLook(message) };
    default:
      return {};
  }
}

/** A real 404 or 405: there is no such thing, or no such route; most routes are in no document. */
function missing(operation: string, status: number, error: ApiError | undefined): Partial<FaultReading> {
  const noRoute = status === 405 || error === undefined || /route not found/i.test(error.message);
  const code = 'not_found';
  if (operation === 'datagrok_share_dashboard')
    return {
      code,
      message: `Datagrok answered ${status} to ${operation}${error ? `: "${error.message}"` : '.'}`,
      hint: 'Check dashboard and group names. A server without this route shares by datagrok_share_entity; whether to use that is for a person to say.',
    };
  if (noRoute)
    return {
      code,
      noRoute,
      message: `This server does not offer ${operation} (${status}).`,
      hint: 'Check that DATAGROK_BASE_URL is the API root, /api included where the server has it. Not every server has every route.',
    };
  return {
    code,
    message: `Datagrok refused ${operation} (${status}): "${error.message}"`,
    ...hintOf(404, error.message),
  };
}

const isWebPage = (body: unknown) => typeof body === 'string' && /^\s*<(!doctype html|html)\b/i.test(body);

const wrongRoot = ({ operation }: HttpRequest): Partial<FaultReading> => ({
  code: 'bad_upstream_reply',
  final: true,
  message: `${operation} got the web interface of Datagrok, not its API.`,
  hint: 'DATAGROK_BASE_URL has to be the whole API root, usually the server address and /api.',
});

/** A share that failed comes with status 200. */
function sharedWithNobody({ operation }: HttpRequest, body: unknown): Partial<FaultReading> | undefined {
  if (!operation.startsWith('datagrok_share_') || typeof body !== 'object' || body === null) return undefined;
  const { status, failed } = body as { status?: unknown; failed?: unknown };
  if (String(status).toLowerCase() !== 'failed') return undefined;
  return {
    code: 'rejected',
    message: `Datagrok shared it with nobody; it failed for ${JSON.stringify(failed ?? [])}.`,
    hint: 'Check the names of the groups and users; datagrok_lookup_groups finds them.',
  };
}
