import { el } from '../core/dom.ts';
import type { Request } from './client.ts';

export interface Tool {
  name: string;
  title?: string;
  _meta?: { ui?: { resourceUri?: string; visibility?: string[] } };
}

/** What a page may ask of whoever shows it, and how that looks here. */
export interface FrameOptions {
  request: Request;
  tools: readonly Tool[];
  theme: 'light' | 'dark';
  /** Something was put into the conversation. */
  said(text: string): void;
  saved(name: string, blob: Blob): void;
  wide(): void;
  /** Calls a tool, and puts its questions. */
  call(name: string, args: unknown): Promise<Record<string, unknown>>;
}

/** The content policy for a page that asks for nothing. */
const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'";

interface Message {
  jsonrpc?: string;
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
}

/** A page in a frame of its own, without any right but to run its script. */
export async function openFrame(tool: Tool, args: unknown, options: FrameOptions) {
  const uri = tool._meta?.ui?.resourceUri;
  if (uri === undefined) throw new Error(`No page shows what ${tool.name} answers.`);
  const { contents } = (await options.request('resources/read', { uri })) as { contents: { text: string }[] };
  const html = (contents[0]?.text ?? '').replace(
    '<head>',
    `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
  const frame = el('iframe', { sandbox: 'allow-scripts', title: tool.title ?? tool.name, srcdoc: html });
  const post = (message: object) => frame.contentWindow?.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const notify = (method: string, params: unknown) => post({ method, params });
  const answer = options.call(tool.name, args);
  const context = { theme: options.theme, displayMode: 'inline', availableDisplayModes: ['inline', 'fullscreen'] };

  const answers: Record<string, (params: Record<string, unknown>) => unknown> = {
    'ui/initialize': () => ({
      protocolVersion: '2026-01-26',
      hostInfo: { name: 'showroom', version: '1' },
      hostCapabilities: { serverTools: {}, openLinks: {}, downloadFile: {}, message: {} },
      hostContext: { ...context, toolInfo: { tool } },
    }),
    'tools/call': async params => {
      const called = options.tools.find(({ name }) => name === params['name']);
      if (!called?._meta?.ui?.visibility?.includes('app') && called?._meta?.ui)
        throw new Error(`${String(params['name'])} is not for pages.`);
      return options.call(String(params['name']), params['arguments']);
    },
    'ui/message': ({ content }) => {
      for (const one of content as { text?: string }[]) options.said(one.text ?? '');
      return {};
    },
    'ui/update-model-context': () => ({}),
    'ui/open-link': ({ url }) => {
      open(String(url), '_blank', 'noopener');
      return {};
    },
    'ui/download-file': ({ contents }) => {
      for (const { resource } of contents as { resource: { uri: string; mimeType: string; blob: string } }[]) {
        const bytes = Uint8Array.from(atob(resource.blob), sign => sign.charCodeAt(0));
        const name = decodeURIComponent(resource.uri.split('/').at(-1) ?? 'file');
        options.saved(name, new Blob([bytes], { type: resource.mimeType }));
      }
      return {};
    },
    'ui/request-display-mode': () => {
      options.wide();
      return { mode: 'fullscreen' };
    },
  };
  const told: Record<string, (params: Record<string, unknown>) => void> = {
    'ui/notifications/initialized': () => {
      notify('ui/notifications/tool-input', { arguments: args });
      answer.then(
        result => notify('ui/notifications/tool-result', result),
        error => notify('ui/notifications/tool-cancelled', { reason: String(error) }),
      );
    },
    'ui/notifications/size-changed': ({ height }) => {
      frame.style.height = `${Math.min(2_000, Number(height))}px`;
    },
  };
  const listen = async ({ source, data }: MessageEvent<Message>) => {
    if (source !== frame.contentWindow || data?.jsonrpc !== '2.0' || data.method === undefined) return;
    const { id, method, params = {} } = data;
    if (id === undefined) return told[method]?.(params);
    try {
      if (!answers[method]) throw new Error('Method not found');
      post({ id, result: await answers[method](params) });
    } catch (error) {
      post({ id, error: { code: -32000, message: error instanceof Error ? error.message : String(error) } });
    }
  };
  addEventListener('message', listen);
  return {
    frame,
    setTheme: (theme: string) => notify('ui/notifications/host-context-changed', { theme }),
    close() {
      removeEventListener('message', listen);
      frame.remove();
    },
  };
}
