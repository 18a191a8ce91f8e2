// A platform that answers one listing, at once or after the ms that GET /delay/<ms> has set. Under /slow/<ms>/ it takes
// that long, under /limited/<s>/ it refuses and says when to come again. Under /api/v4/ it is another one, whose listing
// is a page of a hundred long rows. It checks no signature: a real one does that on its own machine.
import { createServer } from 'node:http';

const names = ['Copperhead North', 'Tinkers Trial', 'Iron Knoll Grade Control', 'Deepwater Deeps'];
const projects = JSON.stringify(names.map((name, i) => ({ uuid: `7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a1${i}`, name })));

/** As GitLab describes a project: some hundred fields, 5 KB, most of them switches of its web pages. */
function longRow(id) {
  const path = `site-logs/site-log-${id}`;
  const url = `https://app.dataops.live/${path}`;
  const links = ['self', 'issues', 'merge_requests', 'repo_branches', 'labels', 'events', 'members', 'cluster_agents'];
  const features = [
    'issues',
    'repository',
    'merge_requests',
    'forking',
    'wiki',
    'builds',
    'snippets',
    'pages',
    'releases',
  ];
  const switches = ['jobs', 'lfs', 'packages', 'container_registry', 'service_desk', 'auto_devops', 'shared_runners'];
  return {
    id,
    description: `Drill logs of site ${id}, refined twice a day and checked before they are published. `.repeat(6),
    name: `Site Log ${id}`,
    name_with_namespace: `Site Logs / Site Log ${id}`,
    path: `site-log-${id}`,
    path_with_namespace: path,
    created_at: '2026-02-03T04:05:06.789Z',
    default_branch: 'main',
    topics: [],
    ssh_url_to_repo: `git@app.dataops.live:${path}.git`,
    http_url_to_repo: `${url}.git`,
    web_url: url,
    readme_url: `${url}/-/blob/main/README.md`,
    last_activity_at: '2026-11-21T00:00:00.000Z',
    namespace: { id: 7, name: 'Site Logs', path: 'site-logs', kind: 'group', full_path: 'site-logs', web_url: url },
    _links: Object.fromEntries(links.map(name => [name, `https://app.dataops.live/api/v4/projects/${id}/${name}`])),
    ...Object.fromEntries(features.map(name => [`${name}_access_level`, 'enabled'])),
    ...Object.fromEntries(switches.map(name => [`${name}_enabled`, id % 2 === 0])),
    ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`merge_requests_setting_of_the_project_${n}`, null])),
    permissions: { project_access: { access_level: 40, notification_level: 3 }, group_access: null },
  };
}

const page = JSON.stringify(Array.from({ length: 100 }, (_, n) => longRow(1_000 - n)));
const paged = { 'x-next-page': '2', 'x-per-page': '100', 'x-total': '30000' };
let delay = 0;

const server = createServer({ keepAliveTimeout: 0 }, ({ url }, response) => {
  const [, seconds] = url.match(/^\/limited\/(\d+)\//) ?? [];
  if (seconds) return void response.writeHead(429, { 'retry-after': seconds }).end();
  const [, slow] = url.match(/^\/slow\/(\d+)\//) ?? [];
  const asked = url.match(/^\/delay\/(\d+)$/);
  if (asked) delay = Number(asked[1]);
  const answer = () => {
    const [text, headers] = url.startsWith('/api/v4/') ? [page, paged] : [projects, {}];
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length, ...headers });
    response.end(text);
  };
  const ms = slow ? Number(slow) : delay;
  if (ms === 0 || asked) answer();
  else setTimeout(answer, ms);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume().once('end', () => process.exit());
