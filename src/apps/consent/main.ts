import { el, show } from '../core/dom.ts';
import type { ToolResult } from '../core/host.ts';
import { bar, begin, type Page } from '../core/page.ts';
import { cellText } from '../core/words.ts';

/** Where a fault stands beside an answer: `faultKey` of `src/tools/registry.ts`. */
const faultKey = 'data-platforms-mcp/fault';
/** Characters of one value that are shown. */
const longest = 2_000;

/** A call that changes something: what it is about before, and what came of it after. It shows; it does not decide. */
void begin<Record<string, unknown>, Record<string, unknown>>('consent', (page, host) => {
  let input: Record<string, unknown> = {};
  const title = wordsOf(host.tool ?? 'a change');
  const draw = (state: string, ...after: Node[]) => {
    show(
      page.main,
      bar(el('h1', { class: 'grow' }, title)),
      el('p', { class: 'state' }, state),
      given(input),
      ...after,
    );
    page.say(state);
  };
  return {
    input(args) {
      input = args;
      draw(
        'This is what the assistant asks for. Before anything is lost you are asked by your client: nothing is decided here.',
      );
    },
    result: result => tell(page, draw, result),
    cancelled: () => draw('The call was cancelled.'),
  };
});

/** `acme_delete_branch` as "Delete branch". */
function wordsOf(tool: string): string {
  const words = tool.split('_').slice(1).join(' ') || tool;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The arguments, as people read them. */
function given(args: Record<string, unknown>): HTMLElement {
  const shown = Object.entries(args).filter(([name]) => !['confirm', 'ask_again'].includes(name));
  const lines = shown.flatMap(([name, value]) => {
    const text = cellText(value);
    const cut = text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
    return [el('dt', {}, name.replaceAll('_', ' ')), el('dd', {}, cut)];
  });
  return el('dl', {}, ...lines);
}

type Draw = (state: string, ...after: Node[]) => void;

function tell(page: Page, draw: Draw, { content = [], isError, _meta = {} }: ToolResult<unknown>): void {
  const text = content.map(one => one.text ?? '').join('\n');
  const { code } = (_meta[faultKey] ?? {}) as { code?: string };
  if (code === 'needs_confirmation') {
    const [question = ''] = text.replace(/^needs_confirmation: /, '').split('\nNext: ');
    const [lost = '', sent] = question.split(' This would be sent: ');
    const request =
      sent === undefined
        ? []
        : [el('h2', {}, 'What would be sent'), el('pre', { tabindex: 0, 'aria-label': 'What would be sent' }, sent)];
    draw('Nothing was sent. Say to the assistant whether you agree.', el('p', { class: 'question' }, lost), ...request);
    return;
  }
  const words = el('pre', { tabindex: 0, 'aria-label': 'Answer' }, text);
  const came =
    code === 'cancelled' ? 'Nothing was sent: nobody agreed.' : isError ? 'It was not done.' : 'It was done.';
  draw(came, words);
  if (isError) page.main.querySelector('.state')?.classList.add('problem');
}
