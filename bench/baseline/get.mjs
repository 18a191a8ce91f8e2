// The yardstick of one call: the SDK as its own guide shows it, two tools that ask and pass the answer on, one of which
// signs. Over stdio, or with --http over HTTP.
import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { SignJWT } from 'jose';
import { Agent, request } from 'undici';
import * as z from 'zod';

const { BASE_URL, PAGES_URL, API_USER, KEY_FILE } = process.env;
const key = createPrivateKey(readFileSync(KEY_FILE, 'utf8'));
const dispatcher = new Agent({ connections: 64 });

async function ask(url, headers) {
  const { body } = await request(url, { dispatcher, headers });
  const items = await body.json();
  return { content: [{ type: 'text', text: JSON.stringify(items) }], structuredContent: { items } };
}

async function askSigned(url) {
  const iat = Math.floor(Date.now() / 1000);
  const requestHash = createHash('sha512').update(`${API_USER}/${iat}/${url}`).digest('hex');
  const signature = await new SignJWT({ requestHash, iat }).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  return ask(url, { 'x-api-user': API_USER, signature });
}

function makeServer() {
  const server = new McpServer({ name: 'bare-get', version: '0.0.0' });
  const limit = z.number().optional().describe('At most');
  server.registerTool('list_projects', { description: 'Lists projects.', inputSchema: z.object({ limit }) }, () =>
    askSigned(`${BASE_URL}/projects`),
  );
  server.registerTool('list_page', { description: 'Lists a page.', inputSchema: z.object({ limit }) }, () =>
    ask(`${PAGES_URL}/projects?per_page=100`, { 'private-token': 'a-token-of-the-benchmark' }),
  );
  return server;
}

if (process.argv.includes('--http')) {
  const handle = toNodeHandler(createMcpHandler(makeServer));
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
  process.stdin.resume().once('end', () => process.exit());
} else serveStdio(makeServer);
