/** The README with its npx line before the commands of a clone; what is said about packing by hand goes. */
export function npxFirst(readme) {
  const [, block, note] = /<!-- npx -->\n(.*?)<!-- \/npx -->\n\n([^\n]*\n\n)/s.exec(readme) ?? [];
  const first = readme.indexOf('```sh\n');
  if (!block || first < 0) throw new Error('README.md has no block between <!-- npx --> and <!-- /npx -->');
  const rest = readme.replace(`<!-- npx -->\n${block}<!-- /npx -->\n\n${note}`, '');
  return `${rest.slice(0, first)}${block}\n${rest.slice(first)}`;
}
