// An MCP client that asks the server over HTTP. Start the server first: data-platforms-mcp http --sandbox
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const client = new Client({ name: 'example', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2] ?? 'http://127.0.0.1:3333/mcp')));

const { tools } = await client.listTools();
console.log(`${tools.length} tools`);

const answer = await client.callTool({
  name: 'datarock_list_holes',
  arguments: { project: 'Copperhead North', limit: '3' },
});
for (const part of answer.content) if (part.type === 'text') console.log(part.text);

await client.close();
