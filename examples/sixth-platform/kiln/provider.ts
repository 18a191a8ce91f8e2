import * as z from 'zod';
import { baseUrl, provider, secret } from '../provider.ts';

export const kiln = provider({
  name: 'kiln',
  title: 'Kiln',
  guide: 'Furnaces of an assay laboratory. kiln_start_firing starts one and waits for it.',
  settings: () =>
    z.strictObject({
      base_url: baseUrl('API root').default('https://kiln.example.com/v1'),
      token: secret('API token'),
    }),
  connect({ base_url, token }) {
    return {
      baseUrl: base_url,
      auth: { headers: async () => ({ authorization: `Bearer ${token}` }) },
      quotas: [],
      secrets: [token],
    };
  },
  defaultToolsets: ['firings'],
  load: async () => (await import('./operations/index.ts')).kilnCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  simulator: async () => (await import('./simulator/simulator.ts')).kilnSimulator,
});
