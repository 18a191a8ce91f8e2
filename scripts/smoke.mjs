// What a user does first with the published package: start it in an empty folder and call a tool. Run by .ci/run there:
//     node smoke.mjs npx data-platforms-mcp --sandbox
import assert from 'node:assert/strict';
import { initialize, openServer } from './raw-client.mjs';

const [command, ...args] = process.argv.slice(2);
const server = openServer(command, args);
const { serverInfo, capabilities } = await initialize(server);
assert.equal(serverInfo.name, 'data-platforms-mcp');
assert.ok(capabilities.tools && capabilities.resources);

const { tools } = await server.request('tools/list');
assert.ok(tools.length >= 5, `only ${tools.length} tools`);
for (const { name, description } of tools) assert.ok(/^[a-z0-9_]{1,40}$/.test(name) && description, name);

const { isError, content } = await server.request('tools/call', { name: 'check_connections', arguments: {} });
assert.ok(!isError, content[0].text);
const code = await server.close();
assert.equal(code, 0, `ended with ${code}`);
console.log(`smoke: ${tools.length} tools; check_connections: ${content[0].text.split('\n')[0]}`);
