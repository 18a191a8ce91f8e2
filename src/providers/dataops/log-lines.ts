import type { Readable } from 'node:stream';

/**
 * A job log line by line, as a person sees it: no timestamps, colours or section markers, of a progress bar only how it
 * ended, lines that the runner flushed in pieces joined. However long the log is, one line of it is in memory.
 */
export async function* logLines(bytes: Readable): AsyncGenerator<string> {
  // Empty lines at the end are nobody's.
  let blank = 0;
  for await (const raw of joinedLines(bytes)) {
    for (const line of shownLines(raw)) {
      if (line === '') blank += 1;
      else {
        for (; blank > 0; blank -= 1) yield '';
        yield line;
      }
    }
  }
}

/** Characters of a line that are kept; what writes more on one line rewrites it. */
const mostPending = 262_144;

async function* joinedLines(bytes: Readable): AsyncGenerator<string> {
  let whole: string | undefined;
  for await (const line of rawLines(bytes)) {
    const { text, goesOn } = unstamped(line);
    if (goesOn && whole !== undefined) whole = tailOfLine(whole + text);
    else {
      if (whole !== undefined) yield whole;
      whole = text;
    }
  }
  if (whole !== undefined) yield whole;
}

async function* rawLines(bytes: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    rest += first;
    for (const line of more) {
      yield rest;
      rest = line;
    }
    rest = tailOfLine(rest);
  }
  if (rest !== '') yield rest;
}

const tailOfLine = (line: string): string => (line.length > mostPending ? line.slice(-mostPending) : line);

/**
 * Runners write before each line when it was and from which stream it came: `2026-04-13T09:00:00.123456Z 00O `, and `+`
 * in place of the blank where the line goes on. https://docs.gitlab.com/runner/configuration/feature-flags/
 */
const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z [\da-f]{2}[OE]([ +]|$)/;

function unstamped(line: string): { text: string; goesOn: boolean } {
  const [whole, mark] = stamp.exec(line) ?? [];
  return whole === undefined ? { text: line, goesOn: false } : { text: line.slice(whole.length), goesOn: mark === '+' };
}

/** What a terminal would show of a line: nothing of one that only marked a section. */
function shownLines(raw: string): string[] {
  const marked = raw.replace(/section_(?:start|end):\d{1,20}:[^\r:]{0,200}\r/g, '');
  const steps = marked
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what has to go
    .replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '')
    .split('\r')
    .filter(Boolean);
  const line = (steps.at(-1) ?? '').trimEnd();
  if (line === '' && marked !== raw) return [];
  // Scripts print what they should not; GitLab's credentials have a form: glpat-, glcbt-, glptt- and so on.
  return [line.replace(/\bgl[a-z]{2,6}-[\w-]{16,}/g, '[redacted]')];
}
