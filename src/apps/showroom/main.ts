import type { Show } from '../../providers/story.ts';
import { button, el, show } from '../core/dom.ts';
import { clientOf } from './client.ts';
import { openFrame, type Tool } from './frame.ts';
import { callWith } from './questions.ts';

/** What there is to be seen: `shows.json`, beside this page. */
interface Shows {
  /** Address of `/mcp`. */
  mcp: string;
  shows: Show[];
  problem?: string;
}

const main = document.querySelector('main') as HTMLElement;
const asked = new URLSearchParams(location.search);
let theme: 'light' | 'dark' =
  asked.get('theme') === 'dark' || (!asked.has('theme') && matchMedia('(prefers-color-scheme: dark)').matches)
    ? 'dark'
    : 'light';

void start().catch(error => show(main, el('p', { class: 'problem', role: 'alert' }, String(error))));

async function start(): Promise<void> {
  show(main, el('p', { class: 'faint', role: 'status' }, 'The sandbox makes the data…'));
  const { mcp, shows, problem } = (await (await fetch('shows.json')).json()) as Shows;
  if (problem) throw new Error(problem);
  const request = clientOf(mcp);
  const { tools } = (await request('tools/list')) as unknown as { tools: Tool[] };
  const stage = el('div', { class: 'stage' });
  const talk = el('div', { class: 'talk', role: 'log', 'aria-label': 'Conversation' });
  let current: Awaited<ReturnType<typeof openFrame>> | undefined;

  async function open(name: string, args: Record<string, unknown>): Promise<void> {
    current?.close();
    const tool = tools.find(one => one.name === name);
    if (!tool) throw new Error(`There is no tool ${name}.`);
    current = await openFrame(tool, args, {
      request,
      tools,
      theme,
      call: callWith(request, main),
      said: text => talk.append(el('p', { class: 'said' }, text)),
      saved(file, blob) {
        const link = el('a', { href: URL.createObjectURL(blob), download: file }, file);
        talk.append(el('p', {}, 'Saved: ', link));
        link.click();
      },
      wide: () => stage.classList.add('wide'),
    });
    show(stage, current.frame);
  }

  function setTheme(next: 'light' | 'dark'): void {
    theme = next;
    document.documentElement.style.colorScheme = next;
    current?.setTheme(next);
  }

  const choices = shows.map(({ title, tool, arguments: args }) =>
    button(title, () => void open(tool, args).catch(fail)),
  );
  const fail = (error: unknown) => show(stage, el('p', { class: 'problem', role: 'alert' }, String(error)));
  setTheme(theme);
  show(
    main,
    el('h1', {}, 'Pages for clients that draw'),
    el(
      'p',
      { class: 'faint' },
      'What an assistant shows beside the answers of its tools, here without an assistant: the same server, the same calls.',
    ),
    el(
      'div',
      { class: 'bar' },
      ...choices,
      button('Light or dark', () => setTheme(theme === 'dark' ? 'light' : 'dark')),
    ),
    stage,
    talk,
  );
  const call = asked.get('call') ?? shows[0]?.tool;
  const args = asked.has('args') ? JSON.parse(asked.get('args') ?? '{}') : asked.has('call') ? {} : shows[0]?.arguments;
  if (call) await open(call, args).catch(fail);
}
