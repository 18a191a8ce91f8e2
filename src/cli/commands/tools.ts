import type { Tool } from '@modelcontextprotocol/server';
import type { OperationManifest } from '../../catalog/manifest.ts';
import { uriTemplate } from '../../operations/uri-template.ts';
import { providers } from '../../providers/index.ts';
import { createResources } from '../../resources/registry.ts';
import { type Flags, withSession } from '../session.ts';
import { alignColumns, paint, print, type Terminal } from '../terminal.ts';
import { tokenCounter, visibleText } from '../tokens.ts';

interface Listed {
  platform: string;
  name: string;
  /** What a model reads: name, description, input schema. */
  tokens: number;
  /** The whole of it, as sent. */
  total_tokens: number;
}

/** Prints what a client of this configuration would be offered. */
export async function tools(
  flags: Flags,
  { json, platform }: { json?: true | undefined; platform?: string | undefined },
  terminal: Terminal,
): Promise<0> {
  await withSession(flags, terminal.env, async ({ server: { tools, shared } }) => {
    const count = await tokenCounter();
    const offered = await tools.list();
    const asked = platform === undefined ? offered : offered.filter(({ name }) => name.startsWith(`${platform}_`));
    const listed = asked.map(
      (tool): Listed => ({
        platform: platformTitle(tool, shared.catalog.operations),
        name: tool.name,
        tokens: count(visibleText(tool)),
        total_tokens: count(JSON.stringify(tool)),
      }),
    );
    const templates = createResources(shared, tools).templates.length;
    const fixed = shared.catalog.operations.filter(({ resource }) => resource && isFixed(resource.uri)).length;
    const facts = {
      tools: listed,
      totals: totals(listed),
      resources: fixed,
      resource_templates: templates,
      unlisted_operations: shared.catalog.unlisted.map(({ name }) => name),
    };
    if (json) print(terminal.stdout, JSON.stringify(facts, null, 2));
    else show(facts, terminal);
    if (shared.connections.platforms.length === 0)
      print(terminal.stderr, 'No platform is connected: run data-platforms-mcp setup, or try it with --sandbox.');
  });
  return 0;
}

interface Facts {
  tools: Listed[];
  totals: Omit<Listed, 'name'>[];
  resources: number;
  resource_templates: number;
  unlisted_operations: string[];
}

function show(
  { tools, totals, resources, resource_templates, unlisted_operations }: Facts,
  { stdout }: Terminal,
): void {
  const rows = totals.flatMap(({ platform, tokens, total_tokens }) => {
    const toolsOfPlatform = tools.filter(tool => tool.platform === platform || platform === all);
    const sum = [
      platform === all ? all : `${platform}, ${toolsOfPlatform.length} tools`,
      tokens,
      total_tokens,
    ] as const;
    return platform === all
      ? [sum]
      : [...toolsOfPlatform.map(one => [`  ${one.name}`, one.tokens, one.total_tokens] as const), sum];
  });
  const [head = '', ...lines] = alignColumns([['tool', 'seen by a model', 'whole'], ...rows]);
  print(stdout, paint(stdout, 'bold', head));
  for (const line of lines) print(stdout, line.startsWith(' ') ? line : paint(stdout, 'bold', line));
  print(stdout, '', `Resources: ${resources}, templates: ${resource_templates}, and whatever is stored.`);
  const unlisted = unlisted_operations.length;
  if (unlisted) print(stdout, `${unlisted} more operations are reached through find_operation; --json names them.`);
  print(
    stdout,
    paint(stdout, 'dim', 'Tokens of o200k_base. "Whole" has output schemas and hints, which models do not see.'),
  );
}

const all = 'All';

function totals(listed: readonly Listed[]): Omit<Listed, 'name'>[] {
  const platforms = [...new Set(listed.map(({ platform }) => platform))];
  return [...platforms, all].map(platform => {
    const toolsOfPlatform = listed.filter(tool => tool.platform === platform || platform === all);
    const sum = (figure: 'tokens' | 'total_tokens') => toolsOfPlatform.reduce((total, tool) => total + tool[figure], 0);
    return { platform, tokens: sum('tokens'), total_tokens: sum('total_tokens') };
  });
}

const platformTitle = ({ name }: Tool, operations: readonly OperationManifest[]) => {
  const platform = operations.find(operation => operation.name === name)?.platform;
  return providers.find(provider => provider.name === platform)?.title ?? 'General';
};

const isFixed = (uri: string) => uriTemplate(uri).variables.length === 0;
