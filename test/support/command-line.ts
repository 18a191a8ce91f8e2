import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { Fault } from '../../src/base/errors.ts';
import { run } from '../../src/cli/program.ts';
import type { Output } from '../../src/cli/terminal.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Running {
  done: Promise<Outcome>;
  /** What came so far. */
  seen: { stdout: string; stderr: string };
  /** Resolves when a stream has shown the text. */
  shows(stream: 'stdout' | 'stderr', text: string | RegExp): Promise<void>;
  interrupt(): void;
}

/** A command line in this process, with an environment of its own. `typed`: at a terminal, by a person. */
export function start(argv: readonly string[], env: Record<string, string> = {}, typed?: string): Running {
  const seen = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const capture = (name: 'stdout' | 'stderr'): Output => {
    const stream = new PassThrough({ encoding: 'utf8' });
    stream.on('data', text => {
      seen[name] += text;
      for (const watch of watchers) watch();
    });
    return stream;
  };
  const [stdout, stderr] = [capture('stdout'), capture('stderr')];
  const controller = new AbortController();
  const terminal = typed === undefined ? {} : { isTTY: true };
  const stdin = Object.assign(Readable.from(typed === undefined ? [] : [typed]), terminal);
  Object.assign(stderr, terminal);
  const done = run(argv, { stdout, stderr, stdin, env, signal: controller.signal }).then(async code => {
    await Promise.all([stdout, stderr].map(stream => new Promise(resolve => stream.end(resolve).once('end', resolve))));
    return { code, ...seen };
  });
  return {
    done,
    seen,
    shows: (name, text) =>
      new Promise(resolve => {
        const watch = () => {
          if (seen[name].search(text instanceof RegExp ? text : literally(text)) < 0) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    interrupt: () => controller.abort(new Fault({ code: 'cancelled', message: 'Interrupted.', hint: 'Try again.' })),
  };
}

export const commandLine = (argv: readonly string[], env?: Record<string, string>): Promise<Outcome> =>
  start(argv, env).done;

/** Flags for a quick sandbox whose results go away with the test. */
export async function onSandbox(): Promise<string[]> {
  return ['--sandbox', '--sandbox-speed', '40', '--results-dir', await temporaryFolder()];
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
