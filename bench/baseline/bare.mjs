// The yardstick of the start benchmark: the SDK as its own guide shows it, unbundled, one tool, nothing else.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

serveStdio(() => {
  const server = new McpServer({ name: 'bare', version: '0.0.0' });
  server.registerTool(
    'echo',
    { description: 'Answers what it is told.', inputSchema: z.object({ text: z.string().describe('What to answer') }) },
    ({ text }) => ({ content: [{ type: 'text', text }] }),
  );
  return server;
});
