import type { OAuthSettings } from '../../config/http.ts';
import type { ToolSet } from '../../tools/registry.ts';

type Message = { method?: unknown; params?: { name?: unknown } };

/** Every scope that a message, or the messages of a batch, need. */
export function neededScopes(
  message: unknown,
  tools: Pick<ToolSet, 'writes'>,
  { required_scopes, write_scopes }: OAuthSettings,
): string[] {
  const writes = [message].flat().some(one => changes(one as Message | undefined, tools));
  return [...new Set([...required_scopes, ...(writes ? write_scopes : [])])];
}

function changes(message: Message | undefined, tools: Pick<ToolSet, 'writes'>): boolean {
  if (message?.method === 'tasks/cancel') return true;
  if (message?.method !== 'tools/call') return false;
  // What is not known here is answered by an error.
  return tools.writes(String(message.params?.name));
}
