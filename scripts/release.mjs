// Makes everything that a release consists of in build/release/: the package, the bundle for Claude Desktop, server.json,
// notes and checksums. Refuses where the repository has no address yet, or the tag is not the version; with --dry-run it
// says so and goes on. Publishing itself is the workflow's: it has the credentials.
//     node scripts/release.mjs v0.1.0 [--dry-run]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npxFirst } from './npx-first.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'build', 'release');
const dryRun = process.argv.includes('--dry-run');
const tag = process.argv[2];
const { version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const problems = [
  ...(tag === `v${version}` ? [] : [`The tag is ${tag}, and package.json says v${version}.`]),
  ...(repository.url.includes('/OWNER/')
    ? ['package.json names no repository yet: put its address in place of OWNER, and run npm run docs.']
    : []),
];
for (const problem of problems) console.error(`${dryRun ? 'Would refuse' : 'Refused'}: ${problem}`);
if (problems.length > 0 && !dryRun) process.exit(1);

const npm = (...args) =>
  execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
npm('run', '--silent', 'bundle');
// In the registry there is something for npx to fetch, so its line comes first there.
const readme = readFileSync(join(root, 'README.md'), 'utf8');
try {
  writeFileSync(join(root, 'README.md'), npxFirst(readme));
  npm('pack', '--silent', '--ignore-scripts', '--pack-destination', out);
} finally {
  writeFileSync(join(root, 'README.md'), readme);
}
cpSync(join(root, 'build', 'data-platforms-mcp.mcpb'), join(out, `data-platforms-mcp-${version}.mcpb`));
cpSync(join(root, 'server.json'), join(out, 'server.json'));
const changes = readdirSync(join(root, 'changes'))
  .filter(name => name.endsWith('.md'))
  .sort();
const notes = changes.map(name => `- ${readFileSync(join(root, 'changes', name), 'utf8').trim()}`).join('\n');
writeFileSync(join(out, 'NOTES.md'), `## ${version}\n\n${notes}\n`);
const sums = readdirSync(out).map(
  name =>
    `${createHash('sha256')
      .update(readFileSync(join(out, name)))
      .digest('hex')}  ${name}`,
);
writeFileSync(join(out, 'SHA256SUMS'), `${sums.join('\n')}\n`);
console.log(readFileSync(join(out, 'SHA256SUMS'), 'utf8').trimEnd());
