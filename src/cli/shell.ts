/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line that calls a tool with these arguments. */
export function shellCall(tool: string, args: Readonly<Record<string, unknown>>, ...flags: string[]): string {
  const nested = Object.values(args).some(value => [value].flat().some(one => typeof one === 'object' && one !== null));
  const given = nested ? ['--json', JSON.stringify(args)] : Object.entries(args).flatMap(asFlags);
  return ['data-platforms-mcp call', tool, ...given.map(shellWord), ...flags].join(' ');
}

function asFlags([name, value]: [string, unknown]): string[] {
  return [value].flat().flatMap(one => [`--${name.replaceAll('_', '-')}`, String(one)]);
}
