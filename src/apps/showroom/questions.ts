import { button, el, show } from '../core/dom.ts';
import type { Request } from './client.ts';

interface Asked {
  inputRequests?: Record<string, { params?: { message?: string } }>;
  requestState?: string;
}

/** Calls tools; what the server asks its person meanwhile is asked here, and the call made again with the answer. */
export function callWith(request: Request, at: HTMLElement) {
  return async (name: string, args: unknown): Promise<Record<string, unknown>> => {
    let more: Record<string, unknown> = {};
    for (;;) {
      const result = await request('tools/call', { name, arguments: args, ...more });
      const { inputRequests, requestState } = result as Asked;
      if (!inputRequests) return result;
      const answers: Record<string, unknown> = {};
      for (const [key, { params }] of Object.entries(inputRequests))
        answers[key] = { action: await ask(params?.message ?? '', at), content: {} };
      more = { inputResponses: answers, requestState };
    }
  };
}

function ask(message: string, at: HTMLElement): Promise<'accept' | 'decline'> {
  return new Promise(resolve => {
    const dialog = el('dialog', { 'aria-label': 'Question' });
    const say = (answer: 'accept' | 'decline') => () => {
      dialog.remove();
      resolve(answer);
    };
    const buttons = el(
      'div',
      { class: 'bar' },
      button('Agree', say('accept'), { class: 'main' }),
      button('Refuse', say('decline')),
    );
    show(dialog, el('p', {}, message), buttons);
    at.append(dialog);
    dialog.show();
  });
}
