import type * as oauth from 'oauth4webapi';
import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { isRow } from '../base/json-value.ts';
import { jsonOf } from '../http/body.ts';
import type { Auth, Fetch } from '../http/connection.ts';
import { proxyFailureIn } from '../http/proxy/failure.ts';
import { isWebPage } from '../http/refusal-page.ts';

/** An OAuth2 client that acts for itself: one token at a time, renewed before it lapses. */
export interface ClientCredentials {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Where id and secret travel. Query is for servers whose documents demand it; such URLs are secrets. */
  credentialsIn: 'query' | 'form';
  /** The platform's name, for errors. */
  title: string;
  /** The setting with the address of the platform. */
  setting: string;
  /** What to do about a refusal; by OAuth error code, where there is one. */
  hint(error: string | undefined): string;
}

/** Renew this long before the end, or at the last twentieth of the life where that is shorter, in ms. */
const early = 60_000;
const patience = 15_000;

interface Token {
  value: string;
  /** Clock ms at which another one is fetched. */
  until: number;
}

export function clientCredentials(credentials: ClientCredentials, clock: Clock): Auth {
  let token: Promise<Token> | undefined;
  // Single-flight: whoever comes while a token is fetched gets that one.
  const fresh = (fetch: Fetch): Promise<Token> => {
    const next = requestToken(credentials, clock, fetch);
    token = next;
    next.catch(() => {
      if (token === next) token = undefined;
    });
    return next;
  };
  /** The token there is, unless `isGood` says no; of several callers that find it bad, one fetches another. */
  const current = async (fetch: Fetch, isGood: (token: Token) => boolean): Promise<Token> => {
    const known = token;
    if (!known) return fresh(fetch);
    const found = await known;
    if (isGood(found)) return found;
    return token === known ? fresh(fetch) : current(fetch, isGood);
  };
  return {
    async headers({ fetch }) {
      const { value } = await current(fetch, ({ until }) => until > clock.now());
      return { authorization: `Bearer ${value}` };
    },
    async renew({ authorization }, fetch) {
      await current(fetch, ({ value }) => authorization !== `Bearer ${value}`);
      return true;
    },
  };
}

async function requestToken(credentials: ClientCredentials, clock: Clock, fetch: Fetch): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, credentialsIn } = credentials;
  const library = await import('oauth4webapi');
  const server = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
  const client = { client_id: clientId };
  const abort = new AbortController();
  const alarm = clock.alarm(patience, () => abort.abort(new Error('timed out')));
  const seen: Seen = {};
  try {
    const response = await library.clientCredentialsGrantRequest(
      server,
      client,
      library.ClientSecretPost(clientSecret),
      new URLSearchParams(),
      {
        signal: abort.signal,
        // Connections decide on http: it is let through to this machine only.
        [library.allowInsecureRequests]: true,
        [library.customFetch]: async (url: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>) => {
          const answer = await send(fetch, url, init, credentialsIn);
          seen.status = answer.status;
          const body = await answer.clone().text();
          seen.isPage = isWebPage({ body, headers: Object.fromEntries(answer.headers) });
          // The library reads an error code of 4xx alone.
          if (answer.status >= 500) seen.error = errorIn(body);
          return answer;
        },
      },
    );
    const { access_token, expires_in = 3600 } = await library.processClientCredentialsResponse(
      server,
      client,
      response,
    );
    const life = expires_in * 1000;
    return { value: access_token, until: clock.now() + life - Math.min(early, life / 20) };
  } catch (error) {
    throw isFault(error) ? error : refusal(error, seen, credentials);
  } finally {
    alarm.clear();
  }
}

function send(
  fetch: Fetch,
  url: string,
  { body, method, headers, signal }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  credentialsIn: 'query' | 'form',
): Promise<Response> {
  const base = { method, redirect: 'manual', ...(signal ? { signal } : {}) } as const;
  if (credentialsIn === 'form') return fetch(url, { ...base, headers, body });
  const { 'content-type': _, ...rest } = headers;
  return fetch(`${url}?${body}`, { ...base, headers: rest });
}

/** What answered, before the library read it. */
interface Seen {
  status?: number;
  isPage?: boolean;
  /** The OAuth error code of a 5xx. */
  error?: string | undefined;
}

function errorIn(text: string): string | undefined {
  const parsed = jsonOf(text);
  const { error } = 'value' in parsed && isRow(parsed.value) ? parsed.value : {};
  return typeof error === 'string' ? error : undefined;
}

// The library's messages and causes may hold the URL, and that may hold the secret: nothing of them is passed on.
function refusal(
  error: unknown,
  { status: answered, isPage = false, error: told5xx }: Seen,
  credentials: ClientCredentials,
): Fault {
  const { title, hint, setting } = credentials;
  const { error: code = told5xx } = error as { error?: string };
  const stopped = proxyFailureIn(error);
  if (stopped) return stopped.fault(title);
  if (answered === undefined)
    return new Fault({
      code: 'upstream_down',
      message: `${title} cannot be reached for a token.`,
      hint: 'Check the base URL of the connection and the network of this machine, then repeat the call.',
    });
  const told = `${title} answered ${answered}${code ? ` (${code})` : ''} to the request for a token`;
  if (code === undefined && answered >= 500)
    return new Fault({
      code: 'upstream_down',
      message: `${told}: it fails, whatever the credential.`,
      hint: 'Repeat the call in a few minutes; the fault is on the platform.',
      status: answered,
    });
  if (code === undefined && (answered < 400 || isPage))
    return new Fault({
      code: 'bad_upstream_reply',
      message: `${told}, with ${isPage ? 'a web page' : 'no token'} where a token should be.`,
      hint: `Check ${setting}; a login page or a proxy may stand between.`,
      status: answered,
    });
  return new Fault({ code: 'unauthorized', message: `${told}.`, hint: hint(code), status: answered });
}
