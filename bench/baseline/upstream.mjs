// A platform that answers one listing, at once or after the ms that GET /delay/<ms> has set. It checks no signature:
// a real one does that on its own machine.
import { createServer } from 'node:http';

const names = ['Copperhead North', 'Tinkers Trial', 'Iron Knoll Grade Control', 'Deepwater Deeps'];
const projects = JSON.stringify(names.map((name, i) => ({ uuid: `7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a1${i}`, name })));
let delay = 0;

const server = createServer({ keepAliveTimeout: 0 }, ({ url }, response) => {
  const asked = url.match(/^\/delay\/(\d+)$/);
  if (asked) delay = Number(asked[1]);
  const answer = () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': projects.length });
    response.end(projects);
  };
  if (delay === 0 || asked) answer();
  else setTimeout(answer, delay);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume().once('end', () => process.exit());
