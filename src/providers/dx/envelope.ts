import type { FaultCode } from '../../base/errors.ts';
import { firstWords } from '../../http/body.ts';
import type { Api, FaultReading } from '../../http/connection.ts';
import type { HttpReply, HttpRequest } from '../../http/request.ts';

type Body = Readonly<Record<string, unknown>>;

/** What an error code of the vendor means, and what to change. */
type Entry = readonly [code: FaultCode, meaning: string, hint: string];

const fix = 'Change the arguments as DX says, and repeat the call.';
const look = 'Check the identifier with the listing it comes from.';

/** https://docs.getdx.com/webapi/overview/ and the pages of the methods; others may appear. */
const entries: Readonly<Record<string, Entry>> = {
  invalid_arguments: ['bad_arguments', 'arguments are missing or wrong', fix],
  required_params_missing: ['bad_arguments', 'a required argument is missing', fix],
  validation_error: ['bad_arguments', 'a value is not allowed', fix],
  validation_failed: ['bad_arguments', 'a value is not allowed', fix],
  metadata_invalid: [
    'bad_arguments',
    'metadata is not an object, or has a bad key',
    'Use letters, digits, "-" and "_" in the keys of metadata.',
  ],
  invalid_json: ['rejected', 'the body is not JSON', 'Check whether a proxy in between changes requests.'],
  account_inactive: ['rejected', 'the account is disabled', 'An administrator of DX has to enable it.'],
  repo_not_found: [
    'not_found',
    'DX does not know the repository',
    'Write it as DX imports it (org/repo), or leave repository out.',
  ],
  not_found: ['not_found', 'there is no such thing', look],
  team_not_found: ['not_found', 'there is no team of these people', 'Give more of its members, or use dx_list_teams.'],
  no_users_found: ['not_found', 'DX knows none of these people', 'Check the addresses with dx_list_users.'],
  creator_id_not_found: ['not_found', 'DX knows no user with this creator_id', 'dx_list_users shows the ids.'],
  relation_not_found: ['not_found', 'there is no such relation', 'dx_list_relations shows them.'],
  entity_not_found: ['not_found', 'there is no such entity', 'dx_list_entities shows them.'],
  edge_not_found: ['not_found', 'the two entities are not related so', 'dx_list_relation_edges shows who is.'],
  email_parameter_malformed: ['bad_arguments', 'an address is malformed', fix],
  group_members_limit_exceeded: ['too_large', 'a group holds 100 members', 'Make several groups.'],
  invalid_entity_type: ['bad_arguments', 'an entity is not of the type that the relation joins', look],
  invalid_cardinality: ['bad_arguments', 'the cardinality of the relation forbids it', 'Remove the other edge first.'],
  too_many_edges: ['too_large', 'one call takes 100 edges', 'Send them in several calls.'],
  name_blank: ['bad_arguments', 'name is blank', fix],
  creator_id_blank: ['bad_arguments', 'creator_id is blank', 'Give the id of a user: dx_list_users shows them.'],
  workflow_run_attribute_validation_failed: ['bad_arguments', 'the input of the run is not as the workflow wants', fix],
  workflow_run_data_validation_failed: ['bad_arguments', 'the data of the run is not as the workflow wants', fix],
  snapshot_live: [
    'conflict',
    'a snapshot is live, and settings and teams are locked until it is over',
    'Repeat the call when it is over: dx_list_snapshots shows completed_at.',
  ],
  execution_not_complete: ['conflict', 'the query has not finished', 'Wait for its run with wait_for_run.'],
  rate_limited: ['rate_limited', 'the quota is used up', 'Wait, then repeat the call.'],
};

/** Reads the vendor's way of saying no: `ok` first, the error code before the status. `variable`: of the credential. */
export function faultReader(title: string, variable: string): NonNullable<Api['readFault']> {
  const credential: Readonly<Record<string, Entry>> = {
    not_authed: [
      'unauthorized',
      'no token arrived',
      `Check ${variable}, and that no proxy drops the header Authorization.`,
    ],
    invalid_auth: ['unauthorized', `the token is wrong, expired or revoked`, `Check ${variable} of the ${title}.`],
  };
  return (reply, request) => {
    const body: Body = isBody(reply.body) ? reply.body : {};
    if (reply.status < 400 && !isNo(body['ok'])) return undefined;
    const error = typeof body['error'] === 'string' ? body['error'] : undefined;
    const words = wordsOf(body);
    if (isConflict(reply, request, `${error} ${words}`)) return conflict(error, words);
    if (error === 'not_authorized') return notAuthorized(request, words);
    const entry = error === undefined ? undefined : (credential[error] ?? entries[error]);
    if (!entry) return unlisted(reply, request, error, words);
    const [code, meaning, hint] = entry;
    const listings = hint === look ? (request.listings?.() ?? []) : [];
    const where = listings.length ? `Check the identifier with ${listings.join(' or ')}.` : hint;
    return { code, message: sentence(request, `${error}, ${meaning}`, words), hint: where };
  };
}

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

// A method answers "true" as text; what is absent is no refusal: some samples have no `ok`.
const isNo = (ok: unknown): boolean => ok === false || ok === 'false';

const sentence = ({ operation }: HttpRequest, what: string, words: string | undefined): string =>
  `DX refused ${operation}: ${what}${words ? `: "${words}"` : ''}.`;

/** `message` (Data Cloud) and `error_details` (Web API): text, an object with a message, or a list of either. */
function wordsOf({ message, error_details: details }: Body): string | undefined {
  const words = [message, details].flat().map(wordsIn).filter(Boolean);
  return words.length ? firstWords(words.join('; '), 300) : undefined;
}

function wordsIn(part: unknown): string | undefined {
  if (part === undefined || part === null) return undefined;
  if (typeof part === 'string') return part.replace(/\.$/, '');
  return isBody(part) && typeof part['message'] === 'string' ? wordsIn(part['message']) : JSON.stringify(part);
}

function notAuthorized(request: HttpRequest, words: string | undefined): Partial<FaultReading> {
  const { scopes = [] } = request;
  const needed = scopes.length ? `It needs ${scopes.join(' and ')}. ` : '';
  return {
    code: 'missing_scope',
    message: sentence(request, 'not_authorized, the token lacks a scope, or its owner a role', words),
    hint: `${needed}check_connections shows what the token may do; a person can make one that may do more.`,
  };
}

/*
 * A deployment that is recorded under the same reference_id with other values: 422 on the current page of the vendor,
 * 409 on the older one, and the code is on neither.
 */
const isConflict = ({ status }: HttpReply, { operation }: HttpRequest, said: string): boolean =>
  operation === 'dx_create_deployment' &&
  (status === 409 || (/reference.?id/i.test(said) && /exist|taken|already|duplicate|conflict|differ/i.test(said)));

const conflict = (error: string | undefined, words: string | undefined): Partial<FaultReading> => ({
  code: 'conflict',
  message: `DX has this reference_id with other values${error ? ` (${error})` : ''}${words ? `: "${words}"` : '.'}`,
  hint: 'A recorded deployment cannot be changed. Leave reference_id out to record another one.',
});

/** By status; of what got 2xx, all that is known is that it was refused. */
function unlisted(
  { status }: HttpReply,
  request: HttpRequest,
  error: string | undefined,
  words: string | undefined,
): Partial<FaultReading> | undefined {
  if (error === undefined)
    return status < 400 ? { code: 'rejected', message: sentence(request, 'no code', words) } : undefined;
  const noRoute = error === 'unknown_method';
  const code = noRoute ? 'not_found' : 'rejected';
  return {
    ...(status < 400 || noRoute ? { code } : {}),
    noRoute,
    message: sentence(request, `${error} (${status})`, words),
  };
}
