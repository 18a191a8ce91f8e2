// Loaded with --require into a process whose memory is measured: collects garbage at SIGUSR2, twice, because the first
// time frees what the second finds.
process.on('SIGUSR2', () => {
  globalThis.gc();
  setImmediate(globalThis.gc);
});
