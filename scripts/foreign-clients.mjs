// Installs what other people wrote and test/clients tries, in pinned versions:
// node scripts/foreign-clients.mjs FOLDER [clients] [platforms]. `clients`: those of this server; `platforms`: those of
// the platforms. With --raise it pins what is newest instead, and the tests then say what that changed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../test/clients/', import.meta.url));
const [folder = '', ...kinds] = process.argv.slice(2).filter(word => !word.startsWith('--'));
const raise = process.argv.includes('--raise');
if (!folder) {
  console.error('Usage: node scripts/foreign-clients.mjs FOLDER [clients] [platforms] [--raise]');
  process.exit(2);
}
const target = resolve(folder);
const uv = join(target, 'uv/bin/uv');

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

/** The programs of a folder beside the packages that they need. */
function packages(source, name) {
  const from = join(here, source);
  if (raise) {
    const { dependencies } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
    const newest = Object.keys(dependencies).map(one => `${one}@latest`);
    run('npm', ['install', '--package-lock-only', ...newest], { cwd: from });
  }
  cpSync(from, join(target, name), { recursive: true });
  // This project refuses packages that do not declare its Node, and npx hands that on: what others depend on is theirs.
  once(`${name}.installed`, readFileSync(join(from, 'package-lock.json'), 'utf8'), () =>
    run('npm', ['ci', '--engine-strict=false'], { cwd: join(target, name) }),
  );
}

/** A virtual environment for each file of requirements: they disagree about the versions of what they share. */
function environments(source) {
  mkdirSync(join(target, 'python'), { recursive: true });
  if (!existsSync(uv)) {
    run('python3', ['-m', 'venv', join(target, 'uv')]);
    run(join(target, 'uv/bin/pip'), ['install', '--quiet', 'uv==0.13.9']);
  }
  for (const file of readdirSync(join(here, source))) {
    const name = file.replace(/\.txt$/, '');
    const path = join(here, source, file);
    if (raise) pinNewest(path);
    const environment = join(target, 'python', name);
    once(`${name}.installed`, readFileSync(path, 'utf8'), () => {
      run(uv, ['venv', '--quiet', '--clear', environment]);
      run(uv, ['pip', 'install', '--quiet', '--python', environment, '--requirement', path]);
    });
  }
}

function pinNewest(path) {
  const names = readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('# wanted: '));
  const wanted = names.map(line => line.slice('# wanted: '.length)).join('\n');
  const compiled = run(uv, ['pip', 'compile', '--quiet', '--no-header', '--no-annotate', '-'], { input: wanted });
  writeFileSync(path, `${names.join('\n')}\n${compiled}`);
}

mkdirSync(target, { recursive: true });
if (kinds.length === 0 || kinds.includes('clients')) {
  packages('js', 'js');
  environments('python/requirements');
}
if (kinds.length === 0 || kinds.includes('platforms')) {
  packages('platforms', 'platforms');
  environments('platforms/requirements');
}
