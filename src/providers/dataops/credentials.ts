import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'Access token',
      use: 'Everything that you, or the project or group it belongs to, may do.',
      settings: ['token'],
      steps: [
        'For a personal token, sign in to DataOps.live, open your profile, and generate an access token there.',
        'For a token of a project or group, open it and go to **Settings** > **Access Tokens**.',
        'Choose the scope **api**, or **read_api** where the assistant shall only read. The token is shown once.',
      ],
      source: 'https://docs.dataops.live/docs/api-docs/using-the-rest-api/',
      page: 'https://app.dataops.live',
    },
    {
      title: 'Pipeline trigger token',
      use: 'Starts pipelines of one project, beside an access token.',
      settings: ['trigger_token'],
      steps: [
        'Open the project and go to **Settings** > **CI/CD**, expand **Pipeline trigger tokens**, and select **Add new token**.',
      ],
      source: 'https://docs.gitlab.com/ci/triggers/',
      page: 'https://app.dataops.live',
    },
  ],
};
