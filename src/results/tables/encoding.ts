import { isUtf8 } from 'node:buffer';
import { blank } from './dialect.ts';

/**
 * How a text file is encoded. `windows-1252`: each value that is not UTF-8 is read so. Such files are often put
 * together from others, and no value that is UTF-8 by chance makes sense in the other.
 */
export type Encoding = 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';

/** What the bytes 0x80 to 0x9f are. Not by `TextDecoder`: what it makes of them differs between versions of Node. */
const upper = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The text of some bytes. Never U+FFFD, unless it stands there. */
export function decode(bytes: Buffer, encoding: Encoding): string {
  if (encoding !== 'windows-1252' || isUtf8(bytes)) return bytes.toString('utf8');
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, sign => upper.charAt(sign.charCodeAt(0) - 0x80));
}

/** The two-byte encoding that a mark at the beginning names, or that its first two letters show. */
export function wideEncoding(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if ((a === 0xff && b === 0xfe) || (isSign(a) && b === 0 && isSign(c) && d === 0)) return 'utf-16le';
  return (a === 0xfe && b === 0xff) || (a === 0 && isSign(b) && c === 0 && isSign(d)) ? 'utf-16be' : undefined;
}

const isSign = (byte: number) => byte >= blank && byte < 0x7f;

/** The bytes as UTF-8, without the mark that told the encoding. @throws TypeError for half a character */
export async function* asUtf8(
  source: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const piece of source) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Finds out piece by piece whether all bytes are UTF-8; pieces may end within a character. */
export class Utf8Check {
  isUtf8 = true;
  #rest: Uint8Array = Buffer.alloc(0);

  add(piece: Uint8Array): void {
    if (!this.isUtf8) return;
    let end = piece.length;
    while (end > 0 && (piece[end - 1] as number) >= 0x80) end--;
    const rest = piece.subarray(end);
    const whole = piece.subarray(0, end);
    if (end === 0) this.#rest = Buffer.concat([this.#rest, rest]);
    else {
      const first = this.#rest.length === 0 ? whole : Buffer.concat([this.#rest, whole]);
      this.isUtf8 = isUtf8(first);
      this.#rest = Buffer.from(rest);
    }
  }

  end(): boolean {
    return this.isUtf8 && isUtf8(this.#rest);
  }
}
