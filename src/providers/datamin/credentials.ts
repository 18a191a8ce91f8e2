import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'API client',
      use: 'Runs pipelines, and reads their runs and statistics.',
      settings: ['client_id', 'client_secret'],
      steps: [
        'Sign in to Datamin and open the **API clients** page.',
        'Make a client that may run pipelines and read statistics. Its secret is shown once.',
      ],
      source: 'https://docs.datamin.io/api/api-endpoints',
    },
  ],
};
