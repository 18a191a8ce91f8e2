import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { asFault } from './call.ts';
import type { CallerServices } from './services.ts';

/** For what is no tool: what goes wrong as the protocol tells it, and as safe to be shown as the error of a tool. */
export async function asProtocolError<T>(shared: CallerServices, uri: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const { code, message, hint } = asFault(error, shared);
    if (code === 'not_found') throw new ResourceNotFoundError(shared.redactor.line(uri), `${message} ${hint}`);
    const isAsked = code === 'bad_arguments' || code === 'too_large';
    const kind = isAsked ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(kind, `${code}: ${message} ${hint}`);
  }
}
