import type { Assistant } from '../../cli/assistant.ts';

export async function story(_assistant: Assistant): Promise<void> {}
