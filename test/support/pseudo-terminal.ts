import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { bin } from './process.ts';

const run = promisify(execFile);

/** Whether there is a terminal to be had: tmux is one that a program can type into and read. */
export const hasTerminal = spawnSync('tmux', ['-V']).status === 0;

/** The built program in a real terminal, with a person at it. */
export async function openTerminal(argv: readonly string[], env: Readonly<Record<string, string>>) {
  const socket = `data-platforms-${randomBytes(6).toString('hex')}`;
  const tmux = async (...args: string[]) => (await run('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout;
  onTestFinished(async () => void (await tmux('kill-server').catch(() => {})));
  const { PATH = '' } = process.env;
  const variables = Object.entries({ PATH, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const program = ['env', '-i', ...variables, process.execPath, bin, ...argv].map(
    word => `'${word.replaceAll("'", `'\\''`)}'`,
  );
  await tmux('new-session', '-d', '-x', '120', '-y', '50', `${program.join(' ')}; echo "ended with $?"; cat`);
  await tmux('set-option', '-g', 'history-limit', '5000');
  /** Everything that was on the screen. */
  const screen = () => tmux('capture-pane', '-p', '-J', '-S', '-');
  return {
    screen,
    /** Resolves when the screen shows it. */
    shows: (text: string | RegExp) => expect.poll(screen, { timeout: 60_000 }).toMatch(text),
    /** Presses keys, as tmux calls them: `Enter`, `Space`, `Down`, `C-c`. */
    press: (...keys: string[]) => tmux('send-keys', ...keys),
    type: (text: string) => tmux('send-keys', '-l', text),
    /** Answers a question once it is there. */
    async answer(question: string | RegExp, ...keys: string[]) {
      await expect.poll(screen, { timeout: 60_000 }).toMatch(question);
      await tmux('send-keys', ...keys);
    },
    ended: async () => {
      await expect.poll(screen, { timeout: 60_000 }).toMatch(/ended with \d+/);
      return Number(/ended with (\d+)/.exec(await screen())?.[1]);
    },
  };
}
