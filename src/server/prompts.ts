import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import { asProtocolError } from '../calls/protocol-errors.ts';
import type { CallerServices } from '../calls/services.ts';

/** Chains as commands that clients offer to their person. */
export async function promptsOf({ chains }: CallerServices): Promise<Prompt[]> {
  return (await chains.list()).map(({ chain: { name, title, description, parameters = {} } }) => ({
    name,
    title,
    ...(description === undefined ? {} : { description }),
    arguments: Object.entries(parameters).map(([parameter, { description: meaning, default: fallback }]) => ({
      name: parameter,
      description: [meaning, fallback === undefined ? undefined : `default: ${fallback}`].filter(Boolean).join('; '),
      required: fallback === undefined,
    })),
  }));
}

/** What a model is told when its person chooses one. */
export async function promptOf(
  shared: CallerServices,
  name: string,
  given: Record<string, string>,
): Promise<GetPromptResult> {
  return asProtocolError(shared, name, async () => {
    const { chain } = await shared.chains.get(name);
    const parameters = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    const call = JSON.stringify({ chain: name, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) });
    const text = `${chain.title} Call run_chain ${call}, again if it says so, and tell me what came of it: the figures, what failed and why, and what is missing.`;
    return {
      ...(chain.description === undefined ? {} : { description: chain.description }),
      messages: [{ role: 'user', content: { type: 'text', text } }],
    };
  });
}
