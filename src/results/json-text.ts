/** JSON in lines, every token as it was written; undefined for what is no JSON, or stands in one line anyhow. */
export function brokenUp(text: string): string[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const next = () => {
    if (line.trim() !== '') lines.push(line);
    line = '  '.repeat(Math.min(depth, 20));
  };
  for (const token of tokensOf(text)) {
    if (token === '}' || token === ']') {
      depth--;
      next();
      line += token;
    } else {
      line += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') depth++;
      if (token === '{' || token === '[' || token === ',') next();
    }
  }
  next();
  return lines.length > 1 ? lines : undefined;
}

/** Of a text that is known to be JSON. */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const sign = text[at] as string;
    const end = sign === '"' ? endOfString(text, at) : '{}[],:'.includes(sign) ? at + 1 : endOfWord(text, at);
    const token = text.slice(at, end).trim();
    if (token !== '') yield token;
    at = end;
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || at >= text.length) return at + 1;
  }
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !'{}[],:"'.includes(text[at] as string)) at++;
  return at;
}
