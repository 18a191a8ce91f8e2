import { readFile } from 'node:fs/promises';

/** Changes files of packages on their way into the bundle. Where they are no longer what they were, the build stops. */
const edited = (name, edits) => ({
  name,
  setup({ onLoad, onEnd }) {
    const missing = new Set(edits.map(({ file }) => file));
    for (const { file, find, put } of edits)
      onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace(find, put);
        if (contents !== text) missing.delete(file);
        return { contents };
      });
    onEnd(() => {
      if (missing.size > 0) throw new Error(`Look at these packages anew, nothing was changed in ${[...missing]}`);
    });
  },
});

/**
 * The SDK makes a thousand schemas when it is imported, of every message and of OAuth, and a server uses half of them.
 * Esbuild drops what nobody uses once it knows that making one does nothing else, and once the table of them all is empty.
 */
export const usedSchemas = edited('used-schemas', [
  {
    file: /[\\/]@modelcontextprotocol[\\/]core[\\/]dist[\\/](schemas|auth)-[\w-]+\.mjs$/,
    find: /^const (\w+) = ((?:z|\w+Schema)\.[\s\S]*?);\n+(?=[^\s})\]])/gm,
    put: 'const $1 = /* @__PURE__ */ (() => $2)();\n',
  },
  {
    file: /[\\/]@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[\w-]+\.mjs$/,
    find: /^for \(const .* register\(key, .*\n/gm,
    put: '',
  },
]);
