/** The client that shows this page, over `postMessage` as the MCP Apps extension has it (2026-01-26). */

/** What of the result of a tool pages read. */
export interface ToolResult<Data> {
  content?: { type: string; text?: string }[];
  structuredContent?: Data;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

interface Capabilities {
  serverTools?: object;
  downloadFile?: object;
  openLinks?: object;
  message?: object;
}

interface Context {
  theme?: 'light' | 'dark';
  styles?: { variables?: Record<string, string | undefined> };
  displayMode?: string;
  availableDisplayModes?: string[];
  toolInfo?: { tool?: { name?: string; title?: string } };
  locale?: string;
}

export interface Host {
  /** Calls a tool of the server that the page came from. @throws Error with the words of the answer */
  call<Data>(name: string, args: object): Promise<Data>;
  /** The same, with whatever came. */
  callTool<Data>(name: string, args: object): Promise<ToolResult<Data>>;
  /** Puts words into the conversation, as the person's. */
  say(text: string): Promise<void>;
  /** Tells the model with the next thing that is said, not before. */
  tell(text: string): Promise<void>;
  openLink(url: string): Promise<void>;
  /** Hands a file to the person. @throws Error where the client does not */
  save(name: string, mimeType: string, blob: string): Promise<void>;
  /** Undefined where the client has no room to give. */
  widen: (() => Promise<void>) | undefined;
  /** Name of the tool whose answer is shown, where the client says it. */
  tool: string | undefined;
  can: { call: boolean; save: boolean; openLink: boolean };
}

/** What the client tells: arguments and answer of the call that the page stands beside. */
export interface Told<Input, Data> {
  input?(args: Input): void;
  result(result: ToolResult<Data>): void;
  cancelled?(reason: string): void;
  theme?(theme: 'light' | 'dark'): void;
}

interface Message {
  jsonrpc: '2.0';
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { message?: string };
}

/** Shakes hands with the client; what it tells goes to `told` from then on. */
export async function connect<Input, Data>(name: string, told: Told<Input, Data>): Promise<Host> {
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  const post = (message: Omit<Message, 'jsonrpc'>) => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const ask = (method: string, params: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) => (error ? reject(new Error(error.message ?? method)) : resolve(result)));
      post({ id: last, method, params });
    });

  const takers: Record<string, (params: Record<string, unknown>) => void> = {
    'ui/notifications/tool-input': params => told.input?.((params['arguments'] ?? {}) as Input),
    'ui/notifications/tool-result': params => told.result(params as ToolResult<Data>),
    'ui/notifications/tool-cancelled': params => told.cancelled?.(String(params['reason'] ?? '')),
    'ui/notifications/host-context-changed': params => applyContext(params as Context, told.theme),
  };
  addEventListener('message', ({ source, data }: MessageEvent<Message>) => {
    if (source !== parent || data?.jsonrpc !== '2.0') return;
    const { id, method, params = {} } = data;
    if (method === undefined) {
      waiting.get(Number(id))?.(data);
      waiting.delete(Number(id));
    } else if (id === undefined) takers[method]?.(params);
    else if (method === 'ping' || method === 'ui/resource-teardown') post({ id, result: {} });
    else post({ id, error: { message: 'Method not found' } });
  });

  const { hostCapabilities: able = {}, hostContext: context = {} } = (await ask('ui/initialize', {
    appInfo: { name: `data-platforms ${name}`, version: '1' },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
    protocolVersion: '2026-01-26',
  })) as { hostCapabilities?: Capabilities; hostContext?: Context };
  applyContext(context, told.theme);
  post({ method: 'ui/notifications/initialized', params: {} });
  tellSize(size => post({ method: 'ui/notifications/size-changed', params: size }));

  const callTool = (tool: string, args: object) => ask('tools/call', { name: tool, arguments: args });
  const wide = context.availableDisplayModes?.includes('fullscreen') && context.displayMode !== 'fullscreen';
  return {
    callTool: callTool as Host['callTool'],
    async call<Answer>(tool: string, args: object) {
      const { content = [], structuredContent, isError } = (await callTool(tool, args)) as ToolResult<Answer>;
      if (isError || structuredContent === undefined) throw new Error(content[0]?.text ?? `${tool} said nothing`);
      return structuredContent;
    },
    say: async text => void (await ask('ui/message', { role: 'user', content: [{ type: 'text', text }] })),
    tell: async text => void (await ask('ui/update-model-context', { content: [{ type: 'text', text }] })),
    openLink: async url => void (await ask('ui/open-link', { url })),
    async save(file, mimeType, blob) {
      const resource = { uri: `file:///${encodeURIComponent(file)}`, mimeType, blob };
      const { isError } = ((await ask('ui/download-file', { contents: [{ type: 'resource', resource }] })) ?? {}) as {
        isError?: boolean;
      };
      if (isError) throw new Error('The client did not save it.');
    },
    widen: wide ? async () => void (await ask('ui/request-display-mode', { mode: 'fullscreen' })) : undefined,
    tool: context.toolInfo?.tool?.name,
    can: {
      call: able.serverTools !== undefined,
      save: able.downloadFile !== undefined,
      openLink: able.openLinks !== undefined,
    },
  };
}

function applyContext({ theme, styles }: Context, tell: ((theme: 'light' | 'dark') => void) | undefined): void {
  const { style, dataset } = document.documentElement;
  for (const [name, value] of Object.entries(styles?.variables ?? {}))
    if (name.startsWith('--') && value !== undefined) style.setProperty(name, value);
  if (theme !== 'light' && theme !== 'dark') return;
  style.colorScheme = theme;
  dataset['theme'] = theme;
  tell?.(theme);
}

/** The height that the page needs, whenever it is another one. */
function tellSize(tell: (size: { width: number; height: number }) => void): void {
  let known = 0;
  const look = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === known) return;
    known = height;
    tell({ width: innerWidth, height });
  };
  new ResizeObserver(look).observe(document.body);
  look();
}
