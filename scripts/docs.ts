import type * as z from 'zod';
import { type FaultCode, faultCodes } from '../src/base/errors.ts';
import { listingSchemas, toolInput } from '../src/calls/tool-input.ts';
import { exitCodes, faultExits } from '../src/cli/exit-codes.ts';
import { generalSettings } from '../src/config/config.ts';
import { prefixOf, providerVariables } from '../src/config/connection.ts';
import { httpOptions, httpSettings, settingParts } from '../src/config/http.ts';
import { sharedSettings } from '../src/config/shared.ts';
import { asksIfLost, fieldMeta, isDestructive, type Operation } from '../src/operations/operation.ts';
import { publishedInput } from '../src/operations/published-input.ts';
import { type Contract, type Evidence, evidenceOf } from '../src/providers/contract.ts';
import { providers } from '../src/providers/index.ts';
import { operationsOf, type Provider, type ProviderCode } from '../src/providers/provider.ts';
import { readContract } from '../src/server/manifest.ts';
import { generalTools } from '../src/tools/general.ts';
import { clientTable, platformClientTable } from './client-outcomes.ts';

/** Every generated document by its name in docs/. */
export async function documents(): Promise<Record<string, string>> {
  const platforms = await Promise.all(
    providers.map(async provider => ({
      provider,
      code: await provider.load(),
      contract: await readContract(provider.name),
    })),
  );
  return {
    'operations.md': operations(platforms),
    ...Object.fromEntries(platforms.map(one => [`operations/${one.provider.name}.md`, platform(one)])),
    'configuration.md': configuration(),
    'frameworks.md': page(
      'Frameworks',
      'Agent frameworks and bridges that other people wrote, as `.ci/run` tries each against the built server: one contract for all (`test/clients`), in the versions pinned there. A dash is what a client does not offer. *In two steps*: the client cannot ask its person, so a deletion is answered with what would be deleted and a token that agrees to it.',
      clientTable(),
      'Gemini CLI is driven without an account: what it asks of its model, the test answers.',
      '## Clients of the platforms',
      'The sandbox meets programs that were written against the platforms themselves: each calls every family that it has, once, in the versions pinned in `test/clients/platforms`. One that cannot be installed is named with the words of its installer.',
      platformClientTable(),
    ),
    'errors.md': errors(),
  };
}

const generated = 'Generated from the source by `npm run docs`; do not edit.';

function page(title: string, ...parts: string[]): string {
  return `# ${title}\n\n<!-- ${generated} -->\n\n${parts.join('\n\n')}\n`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

interface Platform {
  provider: Provider;
  code: ProviderCode;
  contract: Contract;
}

/** The index: what there is on every platform, and how much on each. */
function operations(platforms: readonly Platform[]): string {
  return page(
    'Operations',
    'What the server can do. The page of a platform has every operation with its arguments, and says where its facts come from: **documented** by the vendor, **observed** on a live host, or **inferred** from something near.',
    '## On every platform',
    table(
      ['tool', 'does'],
      generalTools.filter(({ forPages }) => !forPages).map(({ name, description }) => [`\`${name}\``, description]),
    ),
    'What starts a run also takes `wait_seconds`. Where two accounts of a platform are configured, every tool takes `connection`. Every listing takes:',
    table(
      ['argument', 'is'],
      Object.entries(listingSchemas()).map(([name, { description = '' }]) => [`\`${name}\``, description]),
    ),
    '## By platform',
    table(
      ['platform', 'operations', 'toolsets (in **bold**: listed by default)'],
      platforms.map(({ provider, code }) => [
        `[${provider.title}](operations/${provider.name}.md)`,
        String(operationsOf(code).length),
        code.toolsets
          .map(({ name }) => (provider.defaultToolsets.includes(name) ? `**\`${name}\`**` : `\`${name}\``))
          .join(', '),
      ]),
    ),
  );
}

function platform({ provider, code, contract }: Platform): string {
  const { title, guide, defaultToolsets, apis = {} } = provider;
  return page(
    `Operations of ${title}`,
    guide,
    ...code.toolsets.flatMap(({ name, operations }) => {
      const listed = defaultToolsets.includes(name) ? 'listed by default' : 'not listed by default';
      return [
        `## Toolset \`${name}\` (${listed})`,
        ...operations.flatMap(one => operation(one, apis, evidenceOf(contract, one))),
      ];
    }),
    ...runsOf(code),
  );
}

function runsOf({ runs }: ProviderCode): string[] {
  if (!runs.length) return [];
  const rows = runs.map(({ noun, uri, words }) => {
    const known = Object.entries(words).map(([word, status]) => `${word} = ${status}`);
    return [noun, `\`${uri}\``, known.join(', ')];
  });
  return ['## Runs', table(['run', 'URI', 'status words known'], rows)];
}

function operation(record: Operation, apis: NonNullable<Provider['apis']>, evidence: Evidence): string[] {
  const { name, route, risk, summary, resource, example, api, scopes } = record;
  const { properties = {}, required = [] } = publishedInput(toolInput(record).accepted) as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  const own = Object.entries(properties).filter(([field]) => field in record.input.shape);
  return [
    `### \`${name}\``,
    summary,
    [
      `- ${route ? `route \`${route}\`` : 'from the configuration'}, risk **${risk}**${asked(record)}`,
      ...(api
        ? [`- ${apis[api]?.title ?? api}${scopes?.length ? `, scopes ${scopes.map(code).join(', ')}` : ''}`]
        : []),
      `- evidence: **${evidence.level}**, [source](${evidence.source}), checked ${evidence.checked}`,
      ...(resource ? [`- resource \`${resource.uri}\``] : []),
      `- example \`${JSON.stringify(example.arguments)}\``,
    ].join('\n'),
    ...(own.length
      ? [
          table(
            ['argument', 'needed', 'meaning'],
            own.map(([field, { description = '' }]) => [
              `\`${field}\``,
              required.includes(field) ? 'yes' : '',
              description,
            ]),
          ),
        ]
      : []),
  ];
}

const code = (text: string) => `\`${text}\``;

/** Whether a person is asked before it is sent. */
function asked(record: Operation): string {
  if (!isDestructive(record)) return '';
  return `, once a person has agreed${asksIfLost(record) ? ' where something would be lost' : ''}`;
}

/** A row for each setting of a table. */
const settingRows = (table: z.ZodObject, prefix: string) =>
  Object.entries(table.shape as Record<string, z.ZodType>).map(([key, schema]) => {
    const fallback = schema.safeParse(undefined);
    const standard = fallback.success && fallback.data !== undefined ? String(fallback.data) : '';
    return [
      `\`--${key.replaceAll('_', '-')}\``,
      `\`${prefix}${key.toUpperCase()}\``,
      `\`${key}\``,
      standard,
      fieldMeta(schema).description ?? '',
    ];
  });

const describe = (schema: z.ZodType) => fieldMeta(schema).description ?? '';

/** Secrets are no flags. */
const stateKeyRows = () =>
  (['state_key', 'state_key_file'] as const).map(key => [
    '',
    `\`DATA_PLATFORMS_HTTP_${key.toUpperCase()}\``,
    `\`${key}\``,
    '',
    describe(httpSettings().shape[key]),
  ]);

const fileRows = () =>
  (['tokens', 'oauth', 'access', 'operators'] as const).map(key => [`\`${key}\``, describe(httpSettings().shape[key])]);

function partRows(part: z.ZodObject): string[][] {
  return Object.entries(part.shape as Record<string, z.ZodType>).map(([key, schema]) => {
    const fallback = schema.safeParse(undefined);
    const standard = fallback.success && fallback.data !== undefined ? JSON.stringify(fallback.data) : '';
    return [`\`${key}\``, fallback.success ? '' : 'yes', standard && `\`${standard}\``, describe(schema)];
  });
}

function configuration(): string {
  const head = ['flag', 'variable', 'key in the file', 'default', 'meaning'];
  const shared = providers.filter(({ sharesPrefix }) => sharesPrefix).map(one => `\`${prefixOf(one)}\``);
  return page(
    'Configuration',
    `Flags win over variables, and variables over the file. An unknown flag, key or variable of these names stops the start and says which was probably meant. Other programs have variables that begin with ${shared.join(' and ')} too: those of them that are like none here are named in the log and left alone. A variable or flag that is empty, or still a placeholder of a client such as \`\${user_config.token}\`, is not set.`,
    '## Settings',
    table(head, [
      ...settingRows(generalSettings, 'DATA_PLATFORMS_'),
      [
        '`--config`',
        '`DATA_PLATFORMS_CONFIG`',
        '',
        '',
        'The configuration file (default: that of `setup`, where there is one)',
      ],
      [
        '',
        '`DATA_PLATFORMS_NODE`',
        '',
        '',
        'A Node program for SQL, where the application that runs the server brings none that can (default: the one on the PATH, or in the usual folders)',
      ],
      ['', '`DATA_PLATFORMS_NO_CODE_CACHE`', '', '', 'Set to 1: keep no compiled code in the cache folder'],
    ]),
    '## Replicas',
    'What several processes on several machines share, beside the results ([operator.md](operator.md)). In the file these keys stand beside the general settings.',
    table(
      head,
      settingRows(sharedSettings(), 'DATA_PLATFORMS_').map(([, ...row]) => ['', ...row]),
    ),
    '## HTTP',
    'For `data-platforms-mcp http`. In the file these keys stand in an object `http`.',
    table(head, [...settingRows(httpOptions(), 'DATA_PLATFORMS_HTTP_'), ...stateKeyRows()]),
    'Of every request there is one line in the log: calls of tools, and what was refused, with caller, status and reason, at `info`; the rest at `debug`. Neither tokens nor arguments are in it.',
    'The rest stands in the file alone:',
    table(['key in the file', 'meaning'], fileRows()),
    ...Object.entries(settingParts()).flatMap(([name, part]) => [
      `### \`http.${name}\`${name === 'oauth' ? '' : ', each'}`,
      table(['key', 'needed', 'default', 'meaning'], partRows(part)),
    ]),
    '## Traces',
    'Set `OTEL_EXPORTER_OTLP_ENDPOINT` (or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`), and every request and every request to a platform becomes a span, sent as OTLP over HTTP (`http/protobuf`). Sampling, headers, the name of the service and the like come from the [usual variables](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). Names follow the conventions for [MCP](https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md) and [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/); arguments and results are left out. Without it no span is made. Either way `traceparent` and `tracestate` of a request, in its `_meta` or in its headers, go on to the platform.',
    '## Proxies',
    'Where requests have to leave through a proxy, the usual variables say so, in either case of letters (the lower one wins):',
    table(
      ['variable', 'meaning'],
      [
        [
          code('HTTPS_PROXY'),
          'The proxy for `https`, which every platform speaks: `http://proxy.example.com:8080`, or `http://user:password@…` with special characters percent-encoded',
        ],
        [code('HTTP_PROXY'), 'The same for `http`. Platforms are never asked over it, so it seldom matters'],
        [
          code('NO_PROXY'),
          'Hosts that are reached without: `example.com` (with all below it), `.example.com`, an address, a network such as `10.0.0.0/8`, each with or without `:port`, or `*`; by commas or spaces',
        ],
      ],
    ),
    'The proxy connects (`CONNECT`), and TLS goes through it from end to end: it learns the host and nothing else. Where it opens TLS to look inside, name the file of its certificate authority in `NODE_EXTRA_CA_CERTS`. Tokens for platforms and the keys of an authorization server are asked for the same way; this machine is always reached without, and so is the collector of traces. SOCKS, automatic configuration files, and NTLM or Kerberos are not known here. `doctor` says which proxy the way to each platform leads through.',
    '## Platforms',
    'A secret may come from a file: add `_FILE` to the variable. A platform is connected when every needed variable is set.',
    ...providers.flatMap(provider => [
      `### ${provider.title}`,
      table(['variable', 'needed', 'default', 'meaning'], providerVariables(provider).map(variableRow)),
    ]),
    '## Configuration file',
    'A JSON object with the keys above, and `connections`: accounts by a name of your choice. Each names its `platform` (left out when the name is the platform), the settings of that platform in lower case, and may be `read_only`. With `credential_header`, for example `"x-dataops-token"`, the credential comes with each request over HTTP instead: the platform\'s secret as it is, or a JSON object of the settings that are left open (never an address). `${NAME}` in a text is replaced by that variable of the environment; `<secret>_file` reads a file, and `{"keychain": "<entry>"}` in place of a secret an entry of the computer\'s keychain, when the connection is first used. [setup](files.md) writes such a file; it is read where neither `--config` nor `DATA_PLATFORMS_CONFIG` names another one.',
    ['```json', JSON.stringify(exampleFile(), null, 2), '```'].join('\n'),
  );
}

function variableRow({
  name,
  required,
  secret,
  description,
  default: standard = '',
}: ReturnType<typeof providerVariables>[number]): string[] {
  return [
    secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``,
    required ? 'yes' : '',
    standard && `\`${standard}\``,
    description,
  ];
}

/** A test reads this file the way the program does. */
export function exampleFile() {
  return {
    read_only: false,
    connections: {
      west: { platform: 'datarock', user: 'west@example.com', private_key_file: '/keys/west.pem' },
      east: { platform: 'datarock', user: 'east@example.com', private_key: '${EAST_KEY}', read_only: true },
    },
  };
}

function errors(): string {
  const codes = Object.entries(faultCodes) as [FaultCode, string][];
  return page(
    'Errors',
    'An error of a tool is an answer with `isError`. Its text is `<code>: <what happened>`, then `Next: <what to do>`. `_meta["data-platforms-mcp/fault"]` holds `code`, and `status`, `retryAfter` (seconds) and `requestId` where the platform gave them. `_meta["data-platforms-mcp/usage"]` of every answer counts the requests it took.',
    table(
      ['code', 'meaning', 'exit code of `call`'],
      codes.map(([code, meaning]) => [`\`${code}\``, meaning, String(faultExits[code])]),
    ),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      exitCodes.map(({ code, meaning }) => [String(code), meaning]),
    ),
  );
}
