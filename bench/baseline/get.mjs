// The yardstick of one call: the SDK as its own guide shows it, one tool that signs, asks and passes the answer on.
import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { SignJWT } from 'jose';
import { Agent, request } from 'undici';
import * as z from 'zod';

const { BASE_URL, API_USER, KEY_FILE } = process.env;
const key = createPrivateKey(readFileSync(KEY_FILE, 'utf8'));
const dispatcher = new Agent({ connections: 64 });

async function get(url) {
  const iat = Math.floor(Date.now() / 1000);
  const requestHash = createHash('sha512').update(`${API_USER}/${iat}/${url}`).digest('hex');
  const signature = await new SignJWT({ requestHash, iat }).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  const { body } = await request(url, { dispatcher, headers: { 'x-api-user': API_USER, signature } });
  return body.json();
}

serveStdio(() => {
  const server = new McpServer({ name: 'bare-get', version: '0.0.0' });
  server.registerTool(
    'list_projects',
    { description: 'Lists projects.', inputSchema: z.object({ limit: z.number().optional().describe('At most') }) },
    async () => {
      const items = await get(`${BASE_URL}/projects`);
      return { content: [{ type: 'text', text: JSON.stringify(items) }], structuredContent: { items } };
    },
  );
  return server;
});
