import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/**
 * `import()` of a CommonJS package gives its named exports in Node; in a bundle esbuild gives its default export alone.
 * This puts between them a module that exports what Node finds.
 */
export const namedExports = {
  name: 'named-exports',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ kind, path, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === namedExports) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: namedExports });
      if (found.external || !isCommonJs(found.path)) return undefined;
      return { path, namespace: 'named-exports', pluginData: { resolveDir } };
    });
    onLoad({ filter: /./, namespace: 'named-exports' }, async ({ path, pluginData: { resolveDir } }) => {
      const names = Object.keys(await import(path)).filter(name => /^\w+$/.test(name) && name !== 'default');
      const contents = `import whole from '${path}'; export default whole; export const { ${names} } = whole;`;
      return { contents, resolveDir };
    });
  },
};

function isCommonJs(file) {
  if (extname(file) !== '.js') return extname(file) === '.cjs';
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type !== 'module';
}
