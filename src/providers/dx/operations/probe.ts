import { type Fault, isFault } from '../../../base/errors.ts';
import type { OperationContext } from '../../../operations/operation.ts';
import type { Probed } from '../../provider.ts';
import { getToken } from './account.ts';
import { listCustomData } from './custom-data.ts';
import { trackEvent } from './events.ts';

const dayMs = 86_400_000;

/** One request to each API that has a credential. */
export async function probe(context: OperationContext): Promise<Probed> {
  const { apis = {} } = context.connection;
  const looks: Readonly<Record<string, () => Promise<Probed>>> = {
    data_cloud: () => lookAtDataCloud(context),
    web: () => lookAtWeb(context),
    events: () => lookAtEvents(context),
  };
  const found = await Promise.allSettled(Object.keys(apis).flatMap(name => looks[name]?.() ?? []));
  const good = found.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
  const facts = good.flatMap(one => one.facts);
  const owner = good.find(({ account }) => account !== undefined)?.account;
  const failed = found.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const [first] = failed;
  const account = owner === undefined ? {} : { account: owner };
  if (first === undefined) return { ...account, facts, scopes: Object.assign({}, ...good.map(({ scopes }) => scopes)) };
  if (!isFault(first)) throw first;
  const others = failed.slice(1).map(one => (one as Fault).message);
  throw first.with({ message: [first.message, ...others, ...facts].join(' ') });
}

/** Nothing is about this. */
const nobody = 'data-platforms-mcp';

async function lookAtDataCloud(context: OperationContext): Promise<Probed> {
  await context.request(listCustomData, { reference: nobody });
  return { facts: ['Data Cloud key accepted'] };
}

interface TokenInfo {
  auth?: { token_type?: string; token_name?: string; scopes?: string[] | null; expires_at?: string | null } | null;
  account?: { name?: string };
}

const kinds: Readonly<Record<string, string>> = {
  account_web_api_token: 'organization token',
  personal_access_token: 'personal access token',
};

async function lookAtWeb(context: OperationContext): Promise<Probed> {
  const { body } = await context.request(getToken, {});
  const { auth, account } = (body ?? {}) as TokenInfo;
  const { token_type, token_name, scopes, expires_at } = auth ?? {};
  const owner = account?.name ? ` of ${account.name}` : '';
  const facts = [
    `Web API ${kinds[token_type ?? ''] ?? token_type} "${token_name}"${owner}, ${ending(expires_at, context.clock.now())}`,
  ];
  const whose = account?.name ? { account: `organization ${account.name}` } : {};
  return scopes
    ? { ...whose, facts: [...facts, `scopes ${scopes.join(' ')}`], scopes: { web: scopes } }
    : { ...whose, facts };
}

function ending(expires: string | null | undefined, now: number): string {
  const days = Math.ceil((Date.parse(expires ?? '') - now) / dayMs);
  if (Number.isNaN(days)) return 'does not expire';
  return `expires in ${days} day${days === 1 ? '' : 's'}`;
}

/*
 * The API of events has nothing to read, so an event without any of its fields is offered, which the vendor refuses
 * after it has looked at the token. Nothing is recorded.
 */
async function lookAtEvents(context: OperationContext): Promise<Probed> {
  try {
    await context.request(trackEvent, {});
  } catch (error) {
    if (!isFault(error, 'bad_arguments')) throw error;
  }
  return { facts: ['project token for events accepted'] };
}
