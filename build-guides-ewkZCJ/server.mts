import { createMcpHandler } from '@modelcontextprotocol/server';
import { createServer, loadConfig, providers } from 'data-platforms-mcp';

const server = await createServer(loadConfig({ env: process.env }, providers));

// MCP in every protocol revision: give `handler.fetch` the requests of a web framework, or
// `server.factory` to `serveStdio` of the SDK.
const handler = createMcpHandler(server.factory);

// The same tools without a protocol.
const { content } = await server.tools.call('check_connections', {});
for (const part of content) if (part.type === 'text') console.log(part.text);

await handler.close();
await server.close();
