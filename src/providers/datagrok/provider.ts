import * as z from 'zod';
import { baseUrl, provider, secret } from '../provider.ts';
import { readFault } from './faults.ts';

export const datagrok = provider({
  name: 'datagrok',
  title: 'Datagrok',
  pages: 'public.datagrok.ai',
  isOneHost: true,
  guide:
    'Tables, files, dashboards and functions; Grok names are owner:project:name. To put data there: ' +
    'datagrok_upload_table with source = a result:// handle, then datagrok_create_dashboard of its id, then datagrok_share_dashboard.',
  settings: () =>
    z.strictObject({
      base_url: baseUrl('Whole API root: the server address, and /api where the server has it'),
      api_key: secret('API key, from the user profile page; with or without "Bearer "'),
      raw_key: z
        .union([z.boolean(), z.stringbool()])
        .default(false)
        .describe('Send the key without "Bearer ": for tokens of developer keys'),
      call_path: z
        .enum(['auto', 'functions', 'short'])
        .default('auto')
        .describe('Route that runs functions: /functions/{name}/call or /{name}/call; auto tries both'),
      timeout_seconds: z.coerce
        .number()
        .min(5)
        .max(3_600)
        .default(50)
        .describe('Time one call may take; functions may need minutes, if the MCP client waits as long'),
    }),
  connect({ base_url, api_key, raw_key, call_path, timeout_seconds }) {
    const key = api_key.trim();
    const authorization = raw_key || /^bearer\s/i.test(key) ? key : `Bearer ${key}`;
    return {
      baseUrl: base_url,
      auth: { headers: async () => ({ authorization }) },
      quotas: [],
      lists: 'comma',
      readFault,
      errorsInFiles: true,
      answersInText: true,
      choices: { call_path },
      callTimeoutMs: timeout_seconds * 1_000,
      secrets: [key, key.replace(/^bearer\s+/i, '')],
    };
  },
  defaultToolsets: ['data'],
  load: async () => (await import('./operations/index.ts')).datagrokCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  simulator: async () => (await import('./simulator/simulator.ts')).datagrokSimulator,
});
