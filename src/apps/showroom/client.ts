/** A client of the 2026 era in a few lines: every request stands for itself. */

interface Reply {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

const capabilities = {
  elicitation: { form: {} },
  extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
};

export type Request = (method: string, params?: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** `url`: of `/mcp`, on this machine. */
export function clientOf(url: string): Request {
  let last = 0;
  return async (method, params = {}) => {
    last += 1;
    const id = last;
    const named = params['name'] ?? params['uri'];
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'showroom', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof named === 'string' ? { 'mcp-name': named } : {}),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } }),
    });
    const text = await response.text();
    const messages = text.startsWith('{') ? [text] : [...text.matchAll(/^data: (.*)$/gm)].map(([, one]) => one ?? '');
    const reply = messages.map(one => JSON.parse(one) as Reply).find(one => one.id === id);
    if (!reply?.result) throw new Error(reply?.error?.message ?? `${method}: ${response.status}`);
    return reply.result;
  };
}
