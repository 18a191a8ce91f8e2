// The yardstick of the soak: the SDK over HTTP as its own guide shows it, every revision, one tool that does nothing.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';

const handle = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer({ name: 'bare', version: '0.0.0' });
    server.registerTool('nothing', { description: 'Does nothing.' }, () => ({
      content: [{ type: 'text', text: 'ok' }],
    }));
    return server;
  }),
);
const server = createServer((request, response) => void handle(request, response));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.stdin.resume().once('end', () => process.exit());
