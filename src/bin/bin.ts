// The executable. Compiled for very old engines, because its first duty is to tell them what they lack; what a current
// Node is needed for stands behind `import()`, which the build turns into a `require` at that moment.

const needed = [20, 18, 1];

function tooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (let i = 0; i < needed.length; i++) {
    const difference = (parts[i] || 0) - (needed[i] || 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

if (tooOld(process.versions.node)) {
  const found = `${process.versions.node} (${process.execPath})`;
  process.stderr.write(`data-platforms-mcp needs Node ${needed.join('.')} or newer; this is ${found}\n`);
  process.exitCode = 1;
} else {
  import('./start.ts').then(({ start }) => start(process.argv.slice(2)));
}
