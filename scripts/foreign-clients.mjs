// Installs the clients that test/clients tries, in their pinned versions: node scripts/foreign-clients.mjs FOLDER.
// With --raise it pins what is newest instead, and the tests then say what that changed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../test/clients/', import.meta.url));
const [folder = ''] = process.argv.slice(2).filter(word => !word.startsWith('--'));
const raise = process.argv.includes('--raise');
if (!folder) {
  console.error('Usage: node scripts/foreign-clients.mjs FOLDER [--raise]');
  process.exit(2);
}
const target = resolve(folder);

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  console.error(`${command} ${args.join(' ')}\n${stdout ?? ''}${stderr ?? ''}`);
  process.exit(1);
}

/** Done once for each set of versions. */
function once(stamp, text, install) {
  const file = join(target, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  install();
  writeFileSync(file, text);
}

mkdirSync(join(target, 'js'), { recursive: true });
mkdirSync(join(target, 'python'), { recursive: true });

if (raise) {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'js/package.json'), 'utf8'));
  run('npm', ['install', '--package-lock-only', ...Object.keys(dependencies).map(name => `${name}@latest`)], {
    cwd: join(here, 'js'),
  });
}
cpSync(join(here, 'js'), join(target, 'js'), { recursive: true });
// This project refuses packages that do not declare its Node, and npx hands that on: what others depend on is theirs.
once('js.installed', readFileSync(join(here, 'js/package-lock.json'), 'utf8'), () =>
  run('npm', ['ci', '--engine-strict=false'], { cwd: join(target, 'js') }),
);

const uv = join(target, 'uv/bin/uv');
if (!existsSync(uv)) {
  run('python3', ['-m', 'venv', join(target, 'uv')]);
  run(join(target, 'uv/bin/pip'), ['install', '--quiet', 'uv==0.13.9']);
}
for (const file of readdirSync(join(here, 'python/requirements'))) {
  const name = file.replace(/\.txt$/, '');
  const path = join(here, 'python/requirements', file);
  if (raise) {
    const names = readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line.startsWith('# wanted: '));
    const wanted = names.map(line => line.slice('# wanted: '.length)).join('\n');
    const compiled = run(uv, ['pip', 'compile', '--quiet', '--no-header', '--no-annotate', '-'], { input: wanted });
    writeFileSync(path, `${names.join('\n')}\n${compiled}`);
  }
  const environment = join(target, 'python', name);
  once(`${name}.installed`, readFileSync(path, 'utf8'), () => {
    run(uv, ['venv', '--quiet', '--clear', environment]);
    run(uv, ['pip', 'install', '--quiet', '--python', environment, '--requirement', path]);
  });
}
