/**
 * Where programs keep what is theirs on this system: https://specifications.freedesktop.org/basedir-spec/latest/ on
 * Linux, likewise on macOS and Windows.
 * @throws where the user has no home folder, as in a container without an entry for it
 */
export async function userFolders(): Promise<{ data: string; config: string; cache: string }> {
  // It looks for the home folder when it is loaded, and fails where there is none.
  const { default: envPaths } = await import('env-paths');
  return envPaths('data-platforms-mcp', { suffix: '' });
}
