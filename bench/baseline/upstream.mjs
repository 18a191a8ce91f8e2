// A platform that answers one listing, at once or after the ms that GET /delay/<ms> has set. Under /slow/<ms>/ it takes
// that long, under /limited/<s>/ it refuses and says when to come again. It checks no signature: a real one does that on
// its own machine.
import { createServer } from 'node:http';

const names = ['Copperhead North', 'Tinkers Trial', 'Iron Knoll Grade Control', 'Deepwater Deeps'];
const projects = JSON.stringify(names.map((name, i) => ({ uuid: `7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a1${i}`, name })));
let delay = 0;

const server = createServer({ keepAliveTimeout: 0 }, ({ url }, response) => {
  const [, seconds] = url.match(/^\/limited\/(\d+)\//) ?? [];
  if (seconds) return void response.writeHead(429, { 'retry-after': seconds }).end();
  const [, slow] = url.match(/^\/slow\/(\d+)\//) ?? [];
  const asked = url.match(/^\/delay\/(\d+)$/);
  if (asked) delay = Number(asked[1]);
  const answer = () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': projects.length });
    response.end(projects);
  };
  const ms = slow ? Number(slow) : delay;
  if (ms === 0 || asked) answer();
  else setTimeout(answer, ms);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume().once('end', () => process.exit());
