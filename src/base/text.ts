/**
 * Upstream text is data. Control characters, bidirectional overrides and the invisible tag characters can make a model
 * read something that no person sees, so they go. So does half of a surrogate pair: many clients cannot write it.
 */
export function stripControls(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/(?![\t\n\r])\p{Cc}|\p{Bidi_Control}|[\u200b\u2060\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu, '');
}

// Nearly every text is, and this is much faster to find out.
const plain = /^[\t\n\r -~]*$/;

export const formatNumber = (value: number) => (value < 1000 ? String(value) : value.toLocaleString('en-US'));

/** Tokens that data takes as JSON, guessed high: figures are dearer than words. */
export const guessTokens = (value: unknown) => tokensOfBytes(Buffer.byteLength(JSON.stringify(value) ?? ''));

export const tokensOfBytes = (bytes: number) => Math.ceil(bytes / 2.8);
