import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'Data Cloud API key',
      use: 'Records deployments, incidents, pipeline runs, custom data and metrics.',
      settings: ['instance', 'api_key'],
      instead: { instance: 'base_url' },
      steps: [
        'The instance is what stands before .getdx.net in the address of your Data Cloud.',
        'In the admin area of DX open Data Cloud and create a key under **API Keys**.',
      ],
      source: 'https://docs.getdx.com/datacloudapi/overview/',
    },
    {
      title: 'Web API token',
      use: 'Reads and changes teams, scorecards, catalogue, snapshots and queries of the Data Studio.',
      settings: ['web_token'],
      steps: [
        'For yourself: click your avatar in DX, select **Settings**, scroll to **Personal access tokens** and click **Add personal access token**.',
        'For a team: **Admin** > **Organization tokens** (https://app.getdx.com/admin/organizationtokens).',
        'Select the scopes: snapshots:read for most reading, datacloud:query for SQL. The token is shown once.',
      ],
      source: 'https://docs.getdx.com/personal-access-tokens/',
      page: 'https://app.getdx.com',
    },
    {
      title: 'PlatformX project token',
      use: 'Sends events to one project.',
      settings: ['project_token'],
      steps: [
        'The token is part of the answer when the project is made with the Web API method platformx.projects.create.',
      ],
      source: 'https://docs.getdx.com/webapi/overview/',
    },
  ],
};
