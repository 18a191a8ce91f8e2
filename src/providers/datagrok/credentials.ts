import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'API key',
      use: 'Acts as you, and sees what you may see.',
      settings: ['base_url', 'api_key'],
      steps: [
        'The API root is the address of your Datagrok with /api behind it, for example https://public.datagrok.ai/api.',
        'Sign in to Datagrok, open your user profile page, and click **API Key**.',
      ],
      source: 'https://datagrok.ai/help/develop/packages/rest-api',
    },
  ],
};
