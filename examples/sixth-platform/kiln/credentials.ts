import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'API token',
      use: 'Everything that the laboratory lets you do.',
      settings: ['token'],
      steps: ['Sign in to Kiln and make a token under **Settings** > **API**.'],
      source: 'https://kiln.example.com/docs/api',
    },
  ],
};
