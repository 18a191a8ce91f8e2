// Serves the fixtures until it is told to stop: node test/conformance/main.mjs <port> [--legacy-sessions]
import { importSource } from '../../scripts/source.mjs';

const { startConformanceServer } = await importSource('test/conformance/server.ts');
const [port, ...flags] = process.argv.slice(2);
const sessions = flags.includes('--legacy-sessions') ? { legacy_sessions: true } : {};
const server = await startConformanceServer({ port, ...sessions });
console.log(server.url);
process.once('SIGTERM', () => server.close());
