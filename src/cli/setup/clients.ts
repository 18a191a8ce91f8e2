import { existsSync, readdirSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** A computer, as far as it says where clients keep their files. */
export interface Computer {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** How a client starts a server over stdio. */
export interface Launch {
  command: string;
  args: readonly string[];
}

/** A program that people use MCP servers in, and where it wants to be told of one. */
export interface McpClient {
  name: string;
  title: string;
  format: 'json' | 'toml' | 'yaml';
  /** Keys that lead to the servers, one of which is ours. */
  servers: readonly string[];
  /** Its configuration. */
  file(computer: Computer): string;
  /** A folder or file that is there where the program is installed; any of them. */
  marks(computer: Computer): readonly string[];
  entry(launch: Launch): Record<string, unknown>;
  /** What the person does next, as one sentence. */
  next: string;
  /** Where it shows what became of the server. */
  look: string;
  /** The vendor's page about it. */
  source: string;
}

/** The name that the server has in every client. */
export const serverName = 'data-platforms';

const at = ({ platform, home }: Computer, ...parts: string[]) =>
  (platform === 'win32' ? win32 : posix).join(home, ...parts);

/** The folder that Windows calls %APPDATA%. */
const roaming = (computer: Computer) => computer.env['APPDATA'] ?? at(computer, 'AppData', 'Roaming');

const xdgConfig = (computer: Computer) => computer.env['XDG_CONFIG_HOME'] || at(computer, '.config');

/** Where applications of this system keep what they are told: each system has its own place. */
function applicationData(computer: Computer, ...parts: string[]): string {
  const { platform } = computer;
  if (platform === 'win32') return win32.join(roaming(computer), ...parts);
  if (platform === 'darwin') return at(computer, 'Library', 'Application Support', ...parts);
  return posix.join(xdgConfig(computer), ...parts);
}

/**
 * Windows gives a packaged application a folder of its own in place of %APPDATA%, and only that one is read:
 * https://github.com/anthropics/claude-code/issues/26073
 */
function claudeDesktopFolder(computer: Computer): string {
  const { platform, env } = computer;
  if (platform !== 'win32') return applicationData(computer, 'Claude');
  const packages = win32.join(env['LOCALAPPDATA'] ?? at(computer, 'AppData', 'Local'), 'Packages');
  const [packaged] = existsSync(packages) ? readdirSync(packages).filter(name => name.startsWith('Claude_')) : [];
  return packaged === undefined
    ? applicationData(computer, 'Claude')
    : win32.join(packages, packaged, 'LocalCache', 'Roaming', 'Claude');
}

const inFolder = (computer: Computer, folder: string, file: string) =>
  (computer.platform === 'win32' ? win32 : posix).join(folder, file);

const plain = ({ command, args }: Launch) => ({ command, args: [...args] });

const codexFolder = (computer: Computer) => computer.env['CODEX_HOME'] ?? at(computer, '.codex');
const zedFolder = (computer: Computer) =>
  computer.platform === 'win32'
    ? win32.join(roaming(computer), 'Zed')
    : posix.join(computer.platform === 'darwin' ? at(computer, '.config') : xdgConfig(computer), 'zed');
const gooseFolder = (computer: Computer) =>
  computer.platform === 'win32'
    ? win32.join(roaming(computer), 'Block', 'goose', 'config')
    : at(computer, '.config', 'goose');

export const clients: readonly McpClient[] = [
  {
    name: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    servers: ['mcpServers'],
    file: computer => inFolder(computer, claudeDesktopFolder(computer), 'claude_desktop_config.json'),
    marks: computer => [claudeDesktopFolder(computer)],
    entry: plain,
    next: 'Quit Claude Desktop (closing its window is not enough) and start it again.',
    look: 'Settings > Developer lists the server and shows its log.',
    source: 'https://modelcontextprotocol.io/docs/develop/connect-local-servers',
  },
  {
    name: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    servers: ['mcpServers'],
    file: computer => at(computer, '.claude.json'),
    marks: computer => [at(computer, '.claude.json'), at(computer, '.claude')],
    entry: launch => ({ type: 'stdio', ...plain(launch) }),
    next: 'Start a new session of Claude Code.',
    look: '/mcp lists the server.',
    source: 'https://code.claude.com/docs/en/mcp',
  },
  {
    name: 'cursor',
    title: 'Cursor',
    format: 'json',
    servers: ['mcpServers'],
    file: computer => at(computer, '.cursor', 'mcp.json'),
    marks: computer => [at(computer, '.cursor')],
    entry: plain,
    next: 'Cursor reads the file by itself; if nothing appears, restart it.',
    look: 'Cursor Settings > Tools & MCP lists the server.',
    source: 'https://cursor.com/docs/context/mcp',
  },
  {
    name: 'vscode',
    title: 'VS Code',
    format: 'json',
    servers: ['servers'],
    file: computer => inFolder(computer, applicationData(computer, 'Code', 'User'), 'mcp.json'),
    marks: computer => [applicationData(computer, 'Code', 'User')],
    entry: launch => ({ type: 'stdio', ...plain(launch) }),
    next: 'In VS Code run "MCP: List Servers" from the command palette, and start data-platforms.',
    look: '"MCP: List Servers" > data-platforms > "Show Output".',
    source: 'https://code.visualstudio.com/docs/copilot/customization/mcp-servers',
  },
  {
    name: 'codex',
    title: 'Codex',
    format: 'toml',
    servers: ['mcp_servers'],
    file: computer => inFolder(computer, codexFolder(computer), 'config.toml'),
    marks: computer => [codexFolder(computer)],
    // Ten seconds otherwise, and a first start may have to fetch the package.
    entry: launch => ({ ...plain(launch), startup_timeout_sec: 60 }),
    next: 'Start Codex again.',
    look: '/mcp lists the server.',
    source: 'https://developers.openai.com/codex/mcp',
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    format: 'json',
    servers: ['mcpServers'],
    file: computer => at(computer, '.gemini', 'settings.json'),
    marks: computer => [at(computer, '.gemini')],
    entry: plain,
    next: 'Start Gemini CLI again.',
    look: '/mcp lists the server.',
    source: 'https://geminicli.com/docs/tools/mcp-server/',
  },
  {
    name: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    servers: ['mcpServers'],
    file: computer => at(computer, '.codeium', 'windsurf', 'mcp_config.json'),
    marks: computer => [at(computer, '.codeium', 'windsurf')],
    entry: plain,
    next: 'In Windsurf open the MCP servers of Cascade and press the refresh button.',
    look: 'Windsurf Settings > Cascade > MCP Servers lists the server.',
    source: 'https://docs.windsurf.com/windsurf/cascade/mcp',
  },
  {
    name: 'zed',
    title: 'Zed',
    format: 'json',
    servers: ['context_servers'],
    file: computer => inFolder(computer, zedFolder(computer), 'settings.json'),
    marks: computer => [zedFolder(computer)],
    entry: launch => ({ ...plain(launch), env: {} }),
    next: 'Zed reads the file by itself.',
    look: 'The settings of the Agent Panel list the server; a green dot says that it is running.',
    source: 'https://zed.dev/docs/ai/mcp',
  },
  {
    name: 'goose',
    title: 'Goose',
    format: 'yaml',
    servers: ['extensions'],
    file: computer => inFolder(computer, gooseFolder(computer), 'config.yaml'),
    marks: computer => [gooseFolder(computer)],
    entry: ({ command, args }) => ({
      name: serverName,
      type: 'stdio',
      enabled: true,
      cmd: command,
      args: [...args],
      envs: {},
      timeout: 300,
    }),
    next: 'Start a new session of Goose.',
    look: 'Extensions lists the server; in a terminal, goose info -v.',
    source: 'https://block.github.io/goose/docs/getting-started/using-extensions',
  },
];

/** Clients that seem to be installed here. */
export const installedClients = (computer: Computer): McpClient[] =>
  clients.filter(client => client.marks(computer).some(path => existsSync(path)));
