import type { Readable } from 'node:stream';
import { Fault } from '../../base/errors.ts';
import { isRow } from '../../base/json-value.ts';
import type { OperationContext, StoreOrigin } from '../../operations/operation.ts';
import type { StoredResult } from '../../results/result.ts';
import { withoutOk } from './arguments.ts';

/** What the link in an answer leads to, in the store. */
export async function fetchLink(body: unknown, origin: StoreOrigin, context: OperationContext): Promise<StoredResult> {
  const reply = await context.download(linkIn(body));
  const mediaType = reply.headers['content-type'] ?? 'application/octet-stream';
  return context.store({ mediaType, ...origin }, { bytes: reply.body as Readable });
}

/** The only address in an answer: not every page names the field of the link. */
function linkIn(body: unknown): string {
  const facts = withoutOk(body);
  const link = isRow(facts) && Object.values(facts).find(value => typeof value === 'string' && URL.canParse(value));
  if (typeof link === 'string') return link;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: 'DX answered without a link to what it should show.',
    hint: 'Look at it in the web interface of DX.',
  });
}
