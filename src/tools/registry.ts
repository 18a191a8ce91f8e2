import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { type Answer, withNotes } from '../answers/answer.ts';
import { type Outgoing, outgoing } from '../answers/outgoing.ts';
import { renderAnswer } from '../answers/render.ts';
import { Fault, isFault } from '../base/errors.ts';
import { parseJsonInTurns } from '../base/json.ts';
import { lazy } from '../base/lazy.ts';
import type { Log } from '../base/log.ts';
import { nameBound, refuseOversized } from '../calls/argument-bounds.ts';
import { parseArguments } from '../calls/arguments.ts';
import { asFault, callOperation } from '../calls/call.ts';
import { type CallOptions, createRunAsCall, type RunAsCall } from '../calls/call-scope.ts';
import type { CallerServices } from '../calls/services.ts';
import { askingOf, toolTitle, withConnection } from '../calls/tool-input.ts';
import { dispatcherFor } from '../catalog/catalog.ts';
import type { GeneralToolManifest, Manifest, Need, OperationManifest, PageName } from '../catalog/manifest.ts';
import { drawnBy, pageOfOperation } from '../catalog/pages.ts';
import type { Call, Meter } from '../http/call.ts';
import { jsonSchema } from '../operations/json-schema.ts';
import { isDestructive, isReading } from '../operations/operation.ts';
import { providers } from '../providers/index.ts';
import type { GeneralTool } from './general-tool.ts';

/** The tools of this process: one list, made once, and what answers it. */
export interface ToolSet {
  /** As clients see them. */
  list(client?: ListedFor): Promise<readonly Tool[]>;
  has(name: string): boolean;
  /** It is here, and may change something. */
  writes(name: string): boolean;
  /** Always resolves: what goes wrong is an answer with `isError`. */
  call(name: string, args: unknown, options?: CallOptions): Promise<CallToolResult>;
  /** The same before it is put into words; throws `Fault`. */
  answer(name: string, args: unknown, call: Call): Promise<Outgoing>;
  runAsCall: RunAsCall;
}

/** What a client can do with tools beyond calling them. */
export interface ListedFor {
  /** It puts questions to its person. */
  asks?: boolean;
  /** It shows pages beside answers. */
  draws?: boolean;
}

interface Definition {
  reads: boolean;
  page?: PageName | undefined;
  isForPages?: boolean;
  describe(asks: boolean): Promise<Tool>;
  answer(args: unknown, call: Call): Promise<Answer>;
}

export function createTools(shared: CallerServices, general: Manifest['general'], log: Log): ToolSet {
  const definitions = new Map<string, Definition>();
  for (const facts of general)
    if (facts.needs === undefined || isThere[facts.needs](shared))
      definitions.set(facts.name, generalDefinition(facts, shared));
  for (const operation of shared.catalog.listed)
    definitions.set(operation.name, operationDefinition(operation, shared));
  const listFor = (asks: boolean, draws: boolean) =>
    lazy(async () => {
      const listed = [...definitions.values()].filter(one => draws || !one.isForPages);
      return Promise.all(
        listed.map(async one => (draws ? withPage(await one.describe(asks), one) : one.describe(asks))),
      );
    });
  const lists = [listFor(false, false), listFor(true, false), listFor(false, true), listFor(true, true)] as const;
  const runAsCall = createRunAsCall(shared, log);

  async function answer(name: string, args: unknown, call: Call): Promise<Outgoing> {
    const definition = definitions.get(name);
    if (!definition) throw notListed(name, shared);
    const given = typeof args === 'string' ? await readText(args) : args;
    const answered = await definition.answer(given, call);
    shared.history.note(name, given, answered);
    return await outgoing(answered, shared.redactor);
  }

  return {
    list: ({ asks = false, draws = false } = {}) => (lists[Number(asks) + 2 * Number(draws)] ?? lists[0])(),
    has: name => definitions.has(name),
    writes: name => definitions.get(name)?.reads === false,
    runAsCall,
    answer,
    async call(name, args, options = {}) {
      let usage: Meter | undefined;
      try {
        // In logs and figures it stands under one name, whatever somebody makes up.
        const shown = name.length > nameBound.text ? oversizedName : name;
        return await runAsCall(shown, options, async call => {
          usage = call.meter;
          refuseOversized(name, nameBound, 'The name of the tool');
          const answered = await answer(name, args, call);
          if (answered.kind === 'question' && options.put) return options.put(answered);
          if (answered.kind === 'run' && answered.handedOver && options.handOver) return options.handOver(answered);
          const rendered = renderAnswer(answered);
          const shaped = { ...rendered, _meta: { [usageKey]: usage, ...rendered._meta } };
          shared.observer.answered(answered, shaped);
          return shaped;
        });
      } catch (error) {
        return faultResult(asFault(error, shared), usage);
      }
    },
  };
}

/** Arguments that came as one text: what it says, or itself. */
const readText = (text: string): Promise<unknown> => parseJsonInTurns(text).catch(() => text);

const oversizedName = '(oversized name)';

/** Key in `_meta` of every answer: what it cost upstream, as a `Meter`. */
export const usageKey = 'data-platforms-mcp/usage';
/** Key in `_meta` of an answer that is an error: code and figures. */
export const faultKey = 'data-platforms-mcp/fault';

/** A fault as a tool's answer: what happened, and what to do next. */
export function faultResult(
  { code, message, hint, status, retryAfter, requestId }: Fault,
  usage?: Meter,
): CallToolResult {
  const fault = Object.fromEntries(
    Object.entries({ code, status, retryAfter, requestId }).filter(([, value]) => value !== undefined),
  );
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${message}\nNext: ${hint}` }],
    _meta: { [faultKey]: fault, ...(usage ? { [usageKey]: usage } : {}) },
  };
}

/** The tool with the page that shows its answers. A page itself may call what only reads. */
function withPage(tool: Tool, { page, reads, isForPages }: Definition): Tool {
  if (page === undefined) return tool;
  return { ...tool, _meta: drawnBy(page, isForPages ? ['app'] : reads ? ['model', 'app'] : ['model']) };
}

function operationDefinition(facts: OperationManifest, shared: CallerServices): Definition {
  const { name, platform, api, summary } = facts;
  return {
    reads: isReading(facts),
    page: pageOfOperation(facts),
    async describe(asks) {
      const { input, output } = await shared.catalog.details(facts);
      const title = providers.find(one => one.name === platform)?.title ?? platform;
      return {
        name,
        title: toolTitle(facts, title),
        description: summary,
        inputSchema: withConnection(askingOf(input, asks), shared.connections.of(platform, api)),
        outputSchema: output,
        annotations: hints(facts),
      } as Tool;
    },
    answer: async (args, call) => callOperation(shared, await shared.catalog.load(facts), args, call),
  };
}

const isThere: Record<Need, (shared: CallerServices) => boolean> = {
  // A call for many things may be one, too.
  runs: ({ catalog }) => catalog.operations.length > 0,
  unlisted: ({ catalog }) => catalog.unlisted.length > 0,
  'unlisted reading': ({ catalog }) => catalog.unlisted.some(isReading),
  'unlisted writing': ({ catalog }) => catalog.unlisted.some(operation => !isReading(operation)),
  'changing operations': ({ catalog }) => catalog.operations.some(operation => !isReading(operation)),
  writing: ({ readOnly }) => !readOnly,
};

function generalDefinition(facts: GeneralToolManifest, shared: CallerServices): Definition {
  const { name, title, description, annotations, input, output, page, forPages = false } = facts;
  const outputSchema = output ? { outputSchema: output } : {};
  // Loaded by the first call: making its schemas would be a part of every start.
  const loaded = lazy(async () => {
    const { generalTools } = await import('./general.ts');
    const code = generalTools.find(one => one.name === name) as GeneralTool;
    return { code, accepted: jsonSchema(code.input, 'input') };
  });
  return {
    reads: annotations.readOnlyHint,
    page,
    isForPages: forPages,
    describe: async asks =>
      ({ name, title, description, inputSchema: askingOf(input, asks), ...outputSchema, annotations }) as Tool,
    async answer(args, call) {
      const { code, accepted } = await loaded();
      const input = { schema: code.input, accepted, risk: annotations.readOnlyHint ? 'reads' : 'edits' } as const;
      const { values, notes } = parseArguments(name, input, args);
      return withNotes(await code.call(values as never, shared, call), notes);
    },
  };
}

/** All four, always: a client that finds one missing assumes the worst. */
function hints(
  operation: Pick<OperationManifest, 'risk' | 'idempotent'>,
): Required<Omit<NonNullable<Tool['annotations']>, 'title'>> {
  return {
    readOnlyHint: isReading(operation),
    destructiveHint: isDestructive(operation),
    idempotentHint: operation.idempotent === true || !['adds', 'starts', 'exposes'].includes(operation.risk),
    openWorldHint: true,
  };
}

/** A tool somebody names although it is not listed: say where it is. */
function notListed(name: string, { catalog }: CallerServices): Fault {
  try {
    const dispatcher = dispatcherFor(catalog.get(name));
    return new Fault({
      code: 'unknown_operation',
      message: `${name} is not a tool of its own here.`,
      hint: `Run it with ${dispatcher} {"operation": "${name}", "arguments": {...}}.`,
    });
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}
