/** Tokens of o200k_base, the encoding of current GPT models; other models' differ by some percent. */
export async function tokenCounter(): Promise<(text: string) => number> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // Texts from a platform may contain what looks like a control token; it is text.
  return text => countTokens(text, { disallowedSpecial: new Set() });
}

/** The part of a tool that a model sees. */
export function visibleText({ name, description, inputSchema }: VisibleTool): string {
  return JSON.stringify({ name, description, inputSchema });
}

interface VisibleTool {
  name: string;
  description?: string | undefined;
  inputSchema: unknown;
}
