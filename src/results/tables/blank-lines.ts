const [newline, carriageReturn, quote, comma] = [10, 13, 34, 44];
const emptyValue = Buffer.from('""');

/**
 * CSV in which no value is a blank line. In a table of one column an empty value is one (RFC 4180), and readers of CSV
 * take blank lines for nothing: rows would vanish without a word. There it gets quotes; other tables pass as they are.
 */
export async function* quoteBlankLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let header = true;
  let quoted = false;
  let blank = true;
  let oneColumn = true;
  for await (const bytes of source) {
    let start = 0;
    for (let at = 0; oneColumn && at < bytes.length; at += 1) {
      const byte = bytes[at];
      const ends = byte === newline || byte === carriageReturn;
      if (byte === quote) quoted = !quoted;
      if (quoted || !ends) {
        if (header && !quoted && byte === comma) oneColumn = false;
        blank = false;
        continue;
      }
      if (blank && !header) {
        yield bytes.subarray(start, at);
        yield emptyValue;
        start = at;
      }
      // Of two signs that end a line, the first has taken care of it.
      header &&= blank;
      blank = byte === newline;
    }
    yield bytes.subarray(start);
  }
}
