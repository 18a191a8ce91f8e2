import { type Fault, isFault } from '../../errors.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { getToken } from './account.ts';
import { listCustomData } from './custom-data.ts';
import { trackEvent } from './events.ts';

const dayMs = 86_400_000;

/** One request to each API that has a credential; what the Web token leaves out comes from the records. */
export async function probe(context: OperationContext, operations: readonly Operation[]): Promise<string[]> {
  const { apis = {} } = context.connection;
  const looks: Readonly<Record<string, () => Promise<string[]>>> = {
    data_cloud: () => lookAtDataCloud(context),
    web: () => lookAtWeb(context, operations),
    events: () => lookAtEvents(context),
  };
  const found = await Promise.allSettled(Object.keys(apis).map(name => looks[name]?.() ?? []));
  const facts = found.flatMap(one => (one.status === 'fulfilled' ? one.value : []));
  const failed = found.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const [first] = failed;
  if (first === undefined) return facts;
  if (!isFault(first)) throw first;
  const others = failed.slice(1).map(one => (one as Fault).message);
  throw first.with({ message: [first.message, ...others, ...facts].join(' ') });
}

/** Nothing is about this. */
const nobody = 'data-platforms-mcp';

async function lookAtDataCloud(context: OperationContext): Promise<string[]> {
  await context.request(listCustomData, { reference: nobody });
  return ['Data Cloud key accepted'];
}

interface TokenInfo {
  auth?: { token_type?: string; token_name?: string; scopes?: string[]; expires_at?: string | null };
  account?: { name?: string };
}

const kinds: Readonly<Record<string, string>> = {
  account_web_api_token: 'organization token',
  personal_access_token: 'personal access token',
};

async function lookAtWeb(context: OperationContext, operations: readonly Operation[]): Promise<string[]> {
  const { body } = await context.request(getToken, {});
  const { auth = {}, account } = (body ?? {}) as TokenInfo;
  const { token_type = '', token_name = '', scopes, expires_at } = auth;
  const kind = kinds[token_type] ?? token_type;
  return [
    `Web API ${kind} "${token_name}"${account?.name ? ` of ${account.name}` : ''}, ${ending(expires_at, context.clock.now())}`,
    ...(scopes ? [`scopes ${scopes.join(' ')}`, ...leftOut(operations, new Set(scopes))] : []),
  ];
}

function ending(expires: string | null | undefined, now: number): string {
  const days = Math.ceil((Date.parse(expires ?? '') - now) / dayMs);
  if (Number.isNaN(days)) return 'does not expire';
  return `expires in ${days} day${days === 1 ? '' : 's'}`;
}

/** "without scorecards:write no dx_create_scorecard, …": what this token cannot call. */
function leftOut(operations: readonly Operation[], granted: ReadonlySet<string>): string[] {
  const byScope = new Map<string, string[]>();
  for (const { name, scopes = [] } of operations)
    for (const scope of scopes) if (!granted.has(scope)) byScope.set(scope, [...(byScope.get(scope) ?? []), name]);
  return [...byScope].map(([scope, names]) => `without ${scope} no ${names.join(', ')}`);
}

/*
 * The API of events has nothing to read, so an event without any of its fields is offered, which the vendor refuses
 * after it has looked at the token. Nothing is recorded.
 */
async function lookAtEvents(context: OperationContext): Promise<string[]> {
  try {
    await context.request(trackEvent, {});
  } catch (error) {
    if (!isFault(error, 'bad_arguments')) throw error;
  }
  return ['project token for events accepted'];
}
