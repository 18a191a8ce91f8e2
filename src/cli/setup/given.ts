import { readFileSync } from 'node:fs';
import { Fault } from '../../base/errors.ts';
import { suggestion } from '../../base/nearest.ts';
import { readSecret } from '../../config/config-fault.ts';
import { isSecret, providerEnvironment } from '../../config/connection.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';

/** What flags and variables say of the settings of platforms. */
export interface Given {
  /** Settings of a platform by key. */
  of(provider: Provider): Readonly<Record<string, string>>;
  /** Platforms of which any setting is given by a flag. */
  named: readonly string[];
}

/**
 * Reads `--set platform.setting=value` and `--secret platform.setting=file` (`-` is the standard input); where neither
 * says anything of a setting, its variable does.
 * @throws Fault `bad_arguments`
 */
export function readGiven(
  sets: readonly string[],
  secrets: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const flags = new Map<string, string>();
  for (const text of sets) {
    const { place, value, isSecret } = read(text, '--set');
    if (isSecret)
      throw misused(
        `${place} is a secret, and others can see a command line.`,
        `Give --secret ${place}=<file>, or - for the standard input.`,
      );
    flags.set(place, value);
  }
  for (const text of secrets) {
    const { place, value } = read(text, '--secret');
    flags.set(place, value === '-' ? readFileSync(0, 'utf8').trim() : readSecret(value, `--secret ${place}`));
  }
  return {
    named: [...new Set([...flags.keys()].map(place => place.split('.')[0] as string))],
    of(provider) {
      const fromFlags = [...flags].flatMap(([place, value]) => {
        const [platform, setting = ''] = place.split('.');
        return platform === provider.name ? [[setting, value] as const] : [];
      });
      return { ...fromEnvironment(provider, env), ...Object.fromEntries(fromFlags) };
    },
  };
}

function fromEnvironment(
  provider: Provider,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const settings = Object.entries(providerEnvironment(provider, env));
  return Object.fromEntries(
    settings.map(([key, value]) => {
      const isFile = key.endsWith('_file') && !(key in provider.settings.shape);
      return isFile ? [key.slice(0, -'_file'.length), readSecret(String(value), key)] : [key, String(value)];
    }),
  );
}

function read(text: string, flag: string): { place: string; value: string; isSecret: boolean } {
  const [, platform = '', setting = '', value = ''] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
  const provider = providers.find(({ name }) => name === platform);
  if (!provider)
    throw misused(
      `${flag} takes <platform>.<setting>=<value>.`,
      suggestion(
        platform,
        providers.map(({ name }) => name),
        `Platforms are: ${providers.map(({ name }) => name).join(', ')}.`,
      ),
    );
  const keys = Object.keys(provider.settings.shape);
  if (!keys.includes(setting))
    throw misused(
      `${provider.title} has no setting "${setting}".`,
      suggestion(setting, keys, `It has: ${keys.join(', ')}.`),
    );
  return { place: `${platform}.${setting}`, value, isSecret: isSecret(provider, setting) };
}

const misused = (message: string, hint: string) => new Fault({ code: 'bad_arguments', message, hint });
