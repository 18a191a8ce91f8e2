// The server within a program of one's own: its tools without a protocol.
import { createServer, loadConfig, providers } from 'data-platforms-mcp';

const server = await createServer(loadConfig({ env: process.env }, providers));
try {
  const { content, isError } = await server.tools.call('check_connections', {});
  for (const part of content) if (part.type === 'text') console.log(part.text);
  process.exitCode = isError ? 1 : 0;
} finally {
  await server.close();
}
