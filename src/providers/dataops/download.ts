import type { Row } from '../../base/json-value.ts';
import type { Collected, Operation, OperationContext } from '../../operations/operation.ts';

/** Streams what a route answers into the store, under a name that tells what it is. */
export async function download(
  operation: Operation,
  args: Row,
  name: string,
  context: OperationContext,
): Promise<Collected> {
  const { body, headers } = await context.request(operation, args, { expect: 'stream' });
  const mediaType = headers['content-type'] ?? 'application/octet-stream';
  const bytes = body as AsyncIterable<Uint8Array>;
  const result = await context.store({ operation, arguments: args, name, mediaType }, { bytes });
  return { result, summary: `${name}: ${result.bytes} bytes.`, warnings: result.warnings ?? [] };
}
