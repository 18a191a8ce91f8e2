import { button, type Child, el, show } from './dom.ts';
import { connect, type Host, type Told } from './host.ts';

/** The frame of every page: what it shows, and one line that is read aloud when it changes. */
export interface Page {
  main: HTMLElement;
  say(words: string): void;
  fail(error: unknown): void;
}

function createPage(): Page {
  const main = document.querySelector('main') as HTMLElement;
  const status = el('p', { role: 'status', class: 'unseen' });
  const problem = el('p', { role: 'alert', class: 'problem', hidden: true });
  document.body.append(status);
  return {
    main,
    say: words => show(status, words),
    fail(error) {
      show(problem, error instanceof Error ? error.message : String(error));
      problem.hidden = false;
      main.append(problem);
    },
  };
}

/** Puts together what a page shows when it begins; until the client tells something, that it waits. */
export async function begin<Input, Data>(
  name: string,
  start: (page: Page, host: Host) => Told<Input, Data>,
): Promise<void> {
  const page = createPage();
  show(page.main, el('p', { class: 'faint' }, 'Waiting for the answer…'));
  // What the client tells while the page is being put together waits for it.
  const early: ((told: Told<Input, Data>) => void)[] = [];
  let ready: Told<Input, Data> | undefined;
  const tell = (say: (told: Told<Input, Data>) => void) => {
    if (!ready) early.push(say);
    else
      try {
        say(ready);
      } catch (error) {
        page.fail(error);
      }
  };
  const host = await connect<Input, Data>(name, {
    input: args => tell(told => told.input?.(args)),
    result: result => tell(told => told.result(result)),
    cancelled: reason => tell(told => told.cancelled?.(reason)),
    theme: theme => tell(told => told.theme?.(theme)),
  });
  addEventListener('unhandledrejection', ({ reason }) => page.fail(reason));
  ready = start(page, host);
  for (const say of early) tell(() => say(ready as Told<Input, Data>));
}

/** A line of buttons and the like. */
export const bar = (...children: Child[]): HTMLElement => el('div', { class: 'bar' }, ...children);

/**
 * Fields with a button that sends them, as Enter in one of them does. No form: clients show pages without leave to send
 * one, and then not even its script hears of it.
 */
export function entry(
  words: string,
  send: () => void,
  attributes: { class?: string },
  ...fields: Child[]
): HTMLElement {
  const heard = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) send();
  };
  return el('div', { class: 'entry', onkeydown: heard }, ...fields, button(words, send, attributes));
}
