const [newline, quote, backslash, comma, space, carriageReturn] = [0x0a, 0x22, 0x5c, 0x2c, 0x20, 0x0d];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The elements of a JSON array as lines, from its bytes as they come. */
export class ArrayElements {
  readonly #damaged: (what: string) => Error;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Nothing has come of the element. */
  #isEmpty = true;
  #isClosed = false;
  #out = Buffer.alloc(0);
  #length = 0;

  constructor(damaged: (what: string) => Error) {
    this.#damaged = damaged;
  }

  lines(bytes: Uint8Array): Buffer {
    this.#out = Buffer.allocUnsafe(bytes.length + 1);
    this.#length = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#isInString) this.#inString(byte);
      else this.#outside(byte);
    }
    return this.#out.subarray(0, this.#length);
  }

  end(): void {
    if (!this.#isClosed) throw this.#damaged('The array is not closed.');
  }

  #write(byte: number): void {
    this.#out[this.#length++] = byte;
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInString = false;
    this.#write(byte);
  }

  #outside(byte: number): void {
    if (byte === quote) this.#isInString = true;
    else if (byte === openBracket || byte === openBrace) this.#depth++;
    else if (byte === closeBracket || byte === closeBrace) this.#depth--;
    // What stands around the array (its brackets, a byte order mark) is not part of an element.
    if (this.#depth === 0 || (this.#depth === 1 && byte === openBracket)) this.#around(byte);
    // Outside strings a line break is only white space.
    else if (byte === newline || byte === carriageReturn) return;
    else if (this.#depth === 1 && byte === comma) this.#endElement();
    else {
      if (byte > space) this.#isEmpty = false;
      this.#write(byte);
    }
  }

  #around(byte: number): void {
    if (this.#isClosed && byte > space) throw this.#damaged('Something follows the array.');
    this.#isClosed ||= byte === closeBracket;
  }

  #endElement(): void {
    if (this.#isEmpty) throw this.#damaged('An element of the array is missing.');
    this.#isEmpty = true;
    this.#write(newline);
  }
}
