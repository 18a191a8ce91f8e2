import type { CredentialGuide } from '../credentials.ts';

export const credentials: CredentialGuide = {
  ways: [
    {
      title: 'RSA key pair',
      use: 'Signs every request; the private half stays on this computer.',
      settings: ['user', 'private_key'],
      keyPair: 'private_key',
      steps: [
        'Have Datarock support confirm that your account has API permission; without it a key cannot be registered.',
        'Sign in to Datarock and open **Navigation Menu** > **API Key** > **Register**.',
        'Register the public key, whose first line says BEGIN PUBLIC KEY. An account has one key: registering it invalidates the one before.',
      ],
      source: 'https://api-docs.prod.datarock.com.au/register.html',
    },
  ],
};
