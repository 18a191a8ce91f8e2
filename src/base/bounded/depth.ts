/** No argument and no answer comes near it; some ten thousand overflow the stack of whoever walks through them. */
export const deepestJson = 500;

/**
 * How deep arrays and objects are nested in a JSON text, whether or not it is a good one. Every request and
 * every answer is measured, and may have megabytes: by numbers it takes a third of the time of parsing.
 */
export function depthOf(json: Buffer): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < json.length; at += 1) {
    const sign = signs[json[at] as number];
    if (sign === quotes) at = endOfText(json, at);
    else if (sign === closes) depth -= 1;
    else if (sign === opens) most = Math.max(most, ++depth);
  }
  return most;
}

/** Where the text ends that begins at this quote; the end of all where it does not end. */
function endOfText(json: Buffer, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    const sign = signs[json[at] as number];
    if (sign === quotes) return at;
    if (sign === escapes) at += 1;
  }
  return json.length;
}

const [quotes, escapes, opens, closes] = [1, 2, 3, 4];

/** By byte: none of these is ever a part of another character. */
const signs = new Uint8Array(256);
for (const [text, sign] of [
  ['"', quotes],
  ['\\', escapes],
  ['[{', opens],
  [']}', closes],
] as const)
  for (const byte of Buffer.from(text)) signs[byte] = sign;
