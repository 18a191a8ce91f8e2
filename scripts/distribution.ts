// What registries and clients are told of this package: all of it from package.json and the settings of the platforms.
import packageJson from '../package.json' with { type: 'json' };
import { providerVariables } from '../src/config/connection.ts';
import { providers } from '../src/providers/index.ts';

const { name, version, description, license, mcpName, repository, author, homepage } = packageJson;
const title = 'Data platforms';
const repositoryUrl = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** A setting as a person is asked for it. */
interface Field {
  variable: string;
  title: string;
  description: string;
  secret: boolean;
  isFile: boolean;
}

/** The settings of every platform. None is required: most people have one or two platforms. */
const fields: readonly Field[] = providers.flatMap(provider =>
  providerVariables(provider).map(({ name: variable, secret, description: text, default: fallback = '' }) => {
    const isFile = secret && text.includes('PEM');
    const words = variable
      .slice(provider.name.length + 1)
      .toLowerCase()
      .replaceAll('_', ' ');
    return {
      variable: isFile ? `${variable}_FILE` : variable,
      title: `${provider.title}: ${words}`,
      // Never a value of its own: a platform of which anything is set counts as one that somebody has.
      description: `${text.replace('PEM text', 'PEM file')}. Empty: ${fallback || 'not used'}.`,
      secret: secret && !isFile,
      isFile,
    };
  }),
);

const switches = {
  sandbox: {
    variable: 'DATA_PLATFORMS_SANDBOX',
    title: 'Try it without an account',
    description: 'Built-in simulators of every platform instead of your accounts.',
  },
  read_only: { variable: 'DATA_PLATFORMS_READ_ONLY', title: 'Read only', description: 'Changes nothing anywhere.' },
};

/** A pinned version: the newest one would cost a request to the registry at each start, and change under people. */
const npx = { command: 'npx', args: ['-y', `${name}@${version}`] };

/** The manifest of the bundle for Claude Desktop: https://github.com/anthropics/mcpb/blob/main/MANIFEST.md, version 0.3. */
export function bundleManifest(): object {
  const asked = Object.entries(switches).map(([key, { title: label, description: text }]) => [
    key,
    { type: 'boolean', title: label, description: text, default: false },
  ]);
  // Clients hand on the placeholder itself where there is no default.
  const optional = fields.map(field => [
    field.variable.toLowerCase(),
    {
      type: field.isFile ? 'file' : 'string',
      title: field.title,
      description: field.description,
      ...(field.secret ? { sensitive: true } : {}),
      required: false,
      default: '',
    },
  ]);
  const env = [
    ...Object.entries(switches).map(([key, { variable }]) => [variable, `\${user_config.${key}}`]),
    ...fields.map(({ variable }) => [variable, `\${user_config.${variable.toLowerCase()}}`]),
  ];
  return {
    manifest_version: '0.3',
    name,
    display_name: title,
    version,
    description,
    icon: 'icon.png',
    author: { name: author.name },
    repository: { type: 'git', url: repositoryUrl },
    homepage,
    license,
    tools_generated: true,
    server: {
      type: 'node',
      entry_point: 'server/bin.cjs',
      mcp_config: { command: 'node', args: ['${__dirname}/server/bin.cjs'], env: Object.fromEntries(env) },
    },
    user_config: Object.fromEntries([...asked, ...optional]),
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: packageJson.engines.node } },
  };
}

/** https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json */
function registryEntry(): object {
  const variables = fields.map(field => ({
    name: field.variable,
    description: field.description,
    isRequired: false,
    ...(field.secret ? { isSecret: true } : {}),
    ...(field.isFile ? { format: 'filepath' } : {}),
  }));
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: mcpName,
    title,
    description,
    version,
    websiteUrl: homepage,
    repository: { url: repositoryUrl, source: 'github' },
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        environmentVariables: variables,
      },
    ],
  };
}

/** https://geminicli.com/docs/extensions/reference/: settings are asked for when it is installed, secrets kept. */
function geminiExtension(): object {
  const env = fields.map(({ variable }) => [variable, `$${variable}`]);
  return {
    name,
    version,
    description,
    mcpServers: { 'data-platforms': { ...npx, env: Object.fromEntries(env) } },
    settings: fields.map(({ title: label, description: text, variable, secret }) => ({
      name: label,
      description: text,
      envVar: variable,
      sensitive: secret,
    })),
  };
}

const plugin = () => ({
  name,
  version,
  description,
  author,
  homepage,
  repository: repositoryUrl,
  license,
  mcpServers: { 'data-platforms': npx },
});

const marketplace = () => ({
  name,
  owner: author,
  plugins: [{ name, source: './', description, version }],
});

/** Path in the repository -> what stands there. */
export function distributionFiles(): Record<string, string> {
  const files = {
    'server.json': registryEntry(),
    'gemini-extension.json': geminiExtension(),
    '.claude-plugin/plugin.json': plugin(),
    '.claude-plugin/marketplace.json': marketplace(),
    '.cursor-plugin/plugin.json': plugin(),
  };
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, `${JSON.stringify(content, null, 2)}\n`]),
  );
}

/** An address that the editor opens, and a page that leads there, for places where only web addresses may be linked. */
interface InstallLink {
  link: string;
  page: string;
}

/** Links that have an editor add the server in its sandbox. A secret never goes into a link. */
export function installLinks(): { vscode: InstallLink; cursor: InstallLink } {
  const server = { ...npx, args: [...npx.args, '--sandbox'] };
  const text = JSON.stringify(server);
  const config = encodeURIComponent(Buffer.from(text).toString('base64'));
  const cursor = `name=data-platforms&config=${config}`;
  return {
    vscode: {
      link: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: 'data-platforms', ...server }))}`,
      page: `https://vscode.dev/redirect/mcp/install?name=data-platforms&config=${encodeURIComponent(text)}`,
    },
    cursor: {
      link: `cursor://anysphere.cursor-deeplink/mcp/install?${cursor}`,
      page: `https://cursor.com/install-mcp?${cursor}`,
    },
  };
}
