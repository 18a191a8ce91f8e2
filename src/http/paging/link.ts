import { Fault } from '../../base/errors.ts';
import type { HttpReply } from '../request.ts';
import { chained } from './chained.ts';
import { badPosition, type PageReaders, type Paging, type Reader, read } from './page.ts';

export interface LinkOptions extends PageReaders {
  pageSize: number;
  /** Most items per page that the platform gives. Default: `pageSize`. */
  maxPageSize?: number;
  /** The next page's URL in the body. Default: rel="next" of the Link header. */
  next?: Reader<unknown>;
  /** Asks for the page size on the first page; links carry it on. Default `per_page`; null where there is none. */
  limitParam?: string | null;
  /** Further query of the first page, for example what selects keyset paging. */
  query?: Record<string, unknown>;
}

/** Pages by following the link that each one gives to the next. */
export function link(options: LinkOptions): Paging {
  const { pageSize, maxPageSize = pageSize, next, limitParam = 'per_page', query } = options;
  return chained({
    ...options,
    largest: maxPageSize,
    patch: (at, size) =>
      at === undefined
        ? { query: { ...query, ...(limitParam !== null && { [limitParam]: size }) } }
        : { search: searchOf(at) },
    next(reply) {
      const target = next === undefined ? nextLink(reply.headers['link']) : read(next, reply);
      return typeof target === 'string' && target !== '' ? onOwnOrigin(target, reply) : undefined;
    },
  });
}

/** The target of rel="next" in a Link header (RFC 8288). */
export function nextLink(header = ''): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(/<([^<>]*)>([^<]*)/g))
    if (/;\s{0,8}rel\s{0,8}=\s{0,8}(?:"(?:[^"]{0,200} )?next[ "]|next\b)/i.test(parameters)) return target;
  return undefined;
}

// Its parameters alone: a position comes back from outside, and must not lead to another route.
function onOwnOrigin(target: string, { url, status }: HttpReply): string {
  const own = new URL(url);
  const next = URL.canParse(target, url) ? new URL(target, url) : undefined;
  if (next?.origin === own.origin) return next.search;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: `${own.host} links to the next page at ${next?.origin ?? 'no URL'}, and another origin is not followed.`,
    hint: `Set the connection's base URL to the host the platform uses in its links, if it is the platform's.`,
    status,
  });
}

function searchOf(at: string): string {
  if (!at.startsWith('?')) throw badPosition();
  return at;
}
