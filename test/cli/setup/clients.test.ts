import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Computer, clients, installedClients } from '../../../src/cli/setup/clients.ts';

const files = (computer: Computer) => Object.fromEntries(clients.map(({ name, file }) => [name, file(computer)]));

test('each client has its place on macOS, Windows and Linux', () => {
  const env = { APPDATA: 'C:\\Users\\an\\AppData\\Roaming', LOCALAPPDATA: 'C:\\Users\\an\\AppData\\Local' };
  expect({
    macos: files({ platform: 'darwin', home: '/Users/an', env: {} }),
    windows: files({ platform: 'win32', home: 'C:\\Users\\an', env }),
    linux: files({ platform: 'linux', home: '/home/an', env: {} }),
  }).toMatchInlineSnapshot(`
    {
      "linux": {
        "claude-code": "/home/an/.claude.json",
        "claude-desktop": "/home/an/.config/Claude/claude_desktop_config.json",
        "codex": "/home/an/.codex/config.toml",
        "cursor": "/home/an/.cursor/mcp.json",
        "gemini": "/home/an/.gemini/settings.json",
        "goose": "/home/an/.config/goose/config.yaml",
        "vscode": "/home/an/.config/Code/User/mcp.json",
        "windsurf": "/home/an/.codeium/windsurf/mcp_config.json",
        "zed": "/home/an/.config/zed/settings.json",
      },
      "macos": {
        "claude-code": "/Users/an/.claude.json",
        "claude-desktop": "/Users/an/Library/Application Support/Claude/claude_desktop_config.json",
        "codex": "/Users/an/.codex/config.toml",
        "cursor": "/Users/an/.cursor/mcp.json",
        "gemini": "/Users/an/.gemini/settings.json",
        "goose": "/Users/an/.config/goose/config.yaml",
        "vscode": "/Users/an/Library/Application Support/Code/User/mcp.json",
        "windsurf": "/Users/an/.codeium/windsurf/mcp_config.json",
        "zed": "/Users/an/.config/zed/settings.json",
      },
      "windows": {
        "claude-code": "C:\\Users\\an\\.claude.json",
        "claude-desktop": "C:\\Users\\an\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
        "codex": "C:\\Users\\an\\.codex\\config.toml",
        "cursor": "C:\\Users\\an\\.cursor\\mcp.json",
        "gemini": "C:\\Users\\an\\.gemini\\settings.json",
        "goose": "C:\\Users\\an\\AppData\\Roaming\\Block\\goose\\config\\config.yaml",
        "vscode": "C:\\Users\\an\\AppData\\Roaming\\Code\\User\\mcp.json",
        "windsurf": "C:\\Users\\an\\.codeium\\windsurf\\mcp_config.json",
        "zed": "C:\\Users\\an\\AppData\\Roaming\\Zed\\settings.json",
      },
    }
  `);
});

test('variables that move a client are followed', () => {
  const computer = { platform: 'linux', home: '/home/an', env: { CODEX_HOME: '/c', XDG_CONFIG_HOME: '/x' } } as const;
  expect(files(computer)).toMatchObject({
    codex: '/c/config.toml',
    vscode: '/x/Code/User/mcp.json',
    zed: '/x/zed/settings.json',
  });
});

test('clients are found by what they leave on a computer', async () => {
  const home = await mkdtemp(join(tmpdir(), 'data-platforms-clients-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const computer = { platform: process.platform, home, env: {} };
  expect(installedClients(computer)).toEqual([]);
  await mkdir(join(home, '.cursor'));
  await mkdir(join(home, '.codex'));
  expect(installedClients(computer).map(({ name }) => name)).toEqual(['cursor', 'codex']);
});
