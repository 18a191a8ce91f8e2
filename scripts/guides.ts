// The pages for newcomers that follow from the table of clients and from what the platforms say of their credentials.
import { win32 } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { type Computer, clients, type McpClient, serverName } from '../src/cli/setup/clients.ts';
import { withEntry } from '../src/cli/setup/edit.ts';
import { prefixOf } from '../src/config/connection.ts';
import { providers } from '../src/providers/index.ts';
import type { Provider } from '../src/providers/provider.ts';
import { installLinks } from './distribution.ts';

const generated = '<!-- Generated from the source by `npm run docs`; do not edit. -->';
const program = `${packageJson.name}@${packageJson.version}`;

/** Pages by their name in docs/. */
export async function guides(): Promise<Record<string, string>> {
  const pages = await Promise.all(clients.map(async client => [`clients/${client.name}.md`, await clientPage(client)]));
  return { ...Object.fromEntries(pages), 'credentials.md': await credentialsPage() };
}

const computers: readonly (Computer & { title: string })[] = [
  { title: 'macOS', platform: 'darwin', home: '~', env: {} },
  {
    title: 'Windows',
    platform: 'win32',
    home: '%USERPROFILE%',
    env: { APPDATA: '%APPDATA%', LOCALAPPDATA: '%LOCALAPPDATA%' },
  },
  { title: 'Linux', platform: 'linux', home: '~', env: {} },
];

/** On Windows npx is a script, which only a shell can start. */
const byNpx = (windows: boolean) => {
  const npx = ['npx', '-y', program, '--sandbox'];
  const [command = '', ...args] = windows ? ['cmd', '/c', ...npx] : npx;
  return { command, args };
};

const languages = { json: 'json', toml: 'toml', yaml: 'yaml' } as const;

async function snippet(client: McpClient, windows: boolean): Promise<string> {
  const entry = client.entry(byNpx(windows));
  const text = await withEntry(client, { text: '', path: client.title, name: serverName, entry });
  return `\`\`\`${languages[client.format]}\n${text.trim()}\n\`\`\``;
}

async function clientPage(client: McpClient): Promise<string> {
  const { name, title, next, look, source } = client;
  const links = (installLinks() as Record<string, { page: string; link: string } | undefined>)[name];
  return lines(
    `# In ${title}`,
    generated,
    `## With setup`,
    `\`\`\`sh\nnpx -y ${program} setup --client ${name}\n\`\`\``,
    `It asks for your accounts (or takes the sandbox: add \`--sandbox\`), shows what changes in the configuration of ${title}, keeps a copy, and writes it. \`setup --undo\` puts everything back. [Where credentials are made](../credentials.md).`,
    ...(links
      ? [
          '## With a link',
          `[Add it to ${title}, on the sandbox](${links.page}). The same as an address that ${title} itself opens:`,
          `\`\`\`text\n${links.link}\n\`\`\``,
        ]
      : []),
    '## By hand',
    table(
      ['system', 'file'],
      computers.map(computer => [computer.title, `\`${client.file(computer)}\`${otherPlace(client, computer)}`]),
    ),
    'Put this beside what is there; on Windows the second form, because there npx is a script that only a shell can start. It starts the sandbox, and needs no account:',
    await snippet(client, false),
    await snippet(client, true),
    `For your accounts put \`"--config"\` and the path of a [configuration file](../configuration.md#configuration-file) in place of \`"--sandbox"\`. \`data-platforms-mcp setup --print ${name}\` prints the entry for this computer, with whole paths.`,
    `${next}`,
    '## When nothing appears',
    steps([
      look,
      `Run \`npx -y ${program} --version\` in a terminal. \`command not found\`: install Node 20.18.1 or newer from <https://nodejs.org>. It works there and not in ${title}: an application that was not started from a shell has a short PATH; \`setup\` writes whole paths for that reason.`,
      `Run \`npx -y ${program} setup --client ${name} --sandbox --dry-run\`: it says when the file cannot be read, and where.`,
      ...troubles[name as keyof typeof troubles],
      'Tools are there, and a platform is missing: ask the assistant "What is connected?", or run `data-platforms-mcp doctor`.',
      'An error: [troubleshooting](../troubleshooting.md) has them by their text.',
    ]),
    `What ${title} says of it: <${source}>.`,
  );
}

/** A packaged application reads a folder of its own. */
const otherPlace = ({ name }: McpClient, { platform }: Computer) =>
  name === 'claude-desktop' && platform === 'win32'
    ? `, or, where Claude came as a package (today's installer), \`${win32.join('%LOCALAPPDATA%', 'Packages', 'Claude_…', 'LocalCache', 'Roaming', 'Claude', 'claude_desktop_config.json')}\``
    : name === 'claude-desktop' && platform === 'linux'
      ? ' (there is no release of the vendor for Linux)'
      : '';

const troubles = {
  'claude-desktop': [
    'On Windows "Edit Config" may open a file that the application does not read: see the second path above. `setup` takes the one that is read.',
    'With the bundle (`.mcpb`) nothing happens when it is opened: unpack it (it is a zip file), turn on developer mode, and take Settings > Extensions > Advanced settings > Install Unpacked Extension.',
  ],
  'claude-code': [
    '`claude mcp list` starts every server and says which one failed. A project may have a `.mcp.json` of its own, which wins.',
  ],
  cursor: ['A project may have `.cursor/mcp.json` of its own, which wins.'],
  vscode: [
    'VS Code asks whether it may start a server that it does not know: agree. Your organization may have switched MCP servers off.',
    'A workspace may have `.vscode/mcp.json` of its own.',
  ],
  codex: [
    'Codex gives a server ten seconds to start unless `startup_timeout_sec` says otherwise; the entry above does.',
  ],
  gemini: ['A project may have `.gemini/settings.json` of its own, which wins.'],
  windsurf: [
    'Newer agents of Windsurf read `~/.config/devin/mcp_config.json` instead; `setup --print windsurf` prints the same entry for it.',
  ],
  zed: ['`zed: open log` in the command palette shows what the server wrote.'],
  goose: ['`goose configure` lists the extension under "Toggle extensions".'],
} as const;

async function credentialsPage(): Promise<string> {
  const sections = await Promise.all(providers.map(credentialsOf));
  return lines(
    '# Where credentials are made',
    generated,
    '`data-platforms-mcp setup` says the same where it asks. It tries each credential at once, and keeps it in the keychain of the computer, or in files that only you can read. By hand, a credential is a variable of the server, or a setting of a connection in the [configuration file](configuration.md#configuration-file).',
    ...sections.flat(),
  );
}

async function credentialsOf(provider: Provider): Promise<string[]> {
  const { ways } = await provider.credentials();
  return [
    `## ${provider.title}`,
    ...ways.flatMap(({ title, use, settings, steps: toDo, page, source, keyPair, instead = {} }) => {
      const names = settings.map(key => {
        const other = instead[key];
        const variable = (setting: string) => `\`${prefixOf(provider)}${setting.toUpperCase()}\``;
        return other ? `${variable(key)} (or ${variable(other)})` : variable(key);
      });
      return [
        `### ${title}`,
        use,
        steps([
          ...(keyPair
            ? [
                `Have setup make the pair (\`setup --platform ${provider.name} --new-key\`), or run \`openssl genrsa -out key.pem 2048 && openssl rsa -in key.pem -pubout -out key.pub\`.`,
              ]
            : []),
          ...toDo,
        ]),
        `Sets ${names.join(', ')}.${page ? ` Begin at <${page}>.` : ''} The vendor's page: <${source}>.`,
      ];
    }),
  ];
}

const steps = (texts: readonly string[]) => texts.map((text, index) => `${index + 1}. ${text}`).join('\n');

const lines = (...parts: string[]) => `${parts.join('\n\n')}\n`;

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
