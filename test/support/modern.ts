import { createMcpHandler } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { tasksExtension } from '../../src/runs/tasks.ts';
import { callerKey } from '../../src/server/call-options.ts';
import type { World } from './harness.ts';

type Row = Record<string, unknown>;

export interface Reply {
  result?: Row;
  error?: { code: number; message: string; data?: unknown };
}

const following = { extensions: { [tasksExtension]: {} } };

/** Raw requests of the 2026 era: no client knows the tasks extension yet. `subject`: who calls; nobody by default. */
export function modernClient(world: World, { capabilities = following as Row, subject = '' } = {}) {
  const handler = createMcpHandler(world.server.factory);
  onTestFinished(() => handler.close());
  let id = 0;
  return async (method: string, params: Row = {}): Promise<Reply> => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    };
    id += 1;
    const named = params['name'] ?? params['taskId'] ?? params['uri'];
    const request = new Request('http://127.0.0.1/mcp', {
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
    const authInfo = {
      token: 't',
      clientId: 'gateway',
      scopes: [],
      extra: { [callerKey]: { name: subject, callerId: subject } },
    };
    const response = await handler.fetch(request, subject ? { authInfo } : {});
    const text = await response.text();
    const messages = text.startsWith('{')
      ? [text]
      : [...text.matchAll(/^data: (.*)$/gm)].map(([, message]) => message as string);
    return messages.map(one => JSON.parse(one) as Reply & { id?: number }).find(one => one.id === id) as Reply;
  };
}
