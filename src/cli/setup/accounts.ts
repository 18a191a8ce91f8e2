import type * as z from 'zod';
import { safeParse } from 'zod';
import { Fault } from '../../base/errors.ts';
import type { Diagnosis } from '../../calls/check-connections.ts';
import { isSecret, variable } from '../../config/connection.ts';
import { fieldMeta, fieldOf } from '../../operations/operation.ts';
import type { CredentialWay } from '../../providers/credentials.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Terminal } from '../terminal.ts';
import type { Given } from './given.ts';
import { keyFromFile, makeKeyPair } from './key-pair.ts';
import { probe } from './probe.ts';
import type { Questions } from './questions.ts';

/** A platform with the settings that a person has for it. Nothing of it is written yet. */
export interface NewAccount {
  provider: Provider;
  settings: Readonly<Record<string, string>>;
  /** What the platform said to it. */
  diagnosis: Diagnosis;
}

export interface AccountOptions {
  given: Given;
  /** Make a key pair where the platform takes one. */
  newKey: boolean;
  /** Keep what the platform did not accept. */
  untested: boolean;
}

/** Asks for one platform's settings until they work, or the person gives up on it: then undefined. */
export async function askAccount(
  provider: Provider,
  options: AccountOptions,
  questions: Questions,
  terminal: Terminal,
): Promise<NewAccount | undefined> {
  const { ways } = await provider.credentials();
  let given = options.given.of(provider);
  for (;;) {
    const settings = await askSettings(provider, ways, { ...options, known: given }, questions);
    questions.tell(`Asking ${provider.title} ...`);
    const diagnosis = await probe(provider, settings, terminal);
    const { status, facts = [], problem = '', hint = '' } = diagnosis;
    const account = { provider, settings, diagnosis };
    if (status === 'ok') {
      questions.tell(`${provider.title} accepted the credential: ${facts.join(', ') || 'connected'}.`);
      return account;
    }
    questions.tell(`${problem}\n${hint}`);
    if (options.untested) return account;
    const next = await questions.choose({
      message: `${provider.title} did not accept it. What now?`,
      flag: '--untested, to keep it all the same',
      options: [
        { value: 'again', label: 'Enter it again' },
        { value: 'retry', label: 'Try the same once more' },
        { value: 'keep', label: 'Keep it all the same' },
        { value: 'drop', label: `Leave ${provider.title} out` },
      ],
    });
    if (next === 'keep') return account;
    if (next === 'drop') return undefined;
    given = next === 'retry' ? settings : withoutAsked(provider, ways, settings);
  }
}

/** Without what a person is asked for. An address of its own stays: the next token must not go anywhere else. */
function withoutAsked(
  provider: Provider,
  ways: readonly CredentialWay[],
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const asked = ways.flatMap(way => way.settings);
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !asked.includes(key) && !isSecret(provider, key)),
  );
}

type Known = AccountOptions & { known: Readonly<Record<string, string>> };

async function askSettings(
  provider: Provider,
  ways: readonly CredentialWay[],
  options: Known,
  questions: Questions,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = { ...options.known };
  for (const way of await chooseWays(provider, ways, options.known, questions)) {
    const missing = way.settings.filter(key => (settings[key] ?? settings[way.instead?.[key] ?? key]) === undefined);
    if (missing.length > 0) questions.tell(explainWay(provider, way));
    for (const key of missing) settings[key] = await askSetting(provider, way, key, options, questions);
  }
  return settings;
}

async function chooseWays(
  provider: Provider,
  ways: readonly CredentialWay[],
  known: Readonly<Record<string, string>>,
  questions: Questions,
): Promise<readonly CredentialWay[]> {
  const begun = ways.filter(({ settings }) => settings.some(key => known[key] !== undefined));
  if (begun.length > 0) return begun;
  if (ways.length === 1 || !questions.someone) return ways.slice(0, 1);
  const chosen = await questions.chooseSome({
    message: `Which credentials do you have, or want, for ${provider.title}?`,
    flag: `--secret ${provider.name}.<setting>=<file>`,
    options: ways.map(({ title, use }) => ({ value: title, label: title, hint: use })),
    initial: ways.slice(0, 1).map(({ title }) => title),
  });
  return ways.filter(({ title }) => chosen.includes(title));
}

/** Where it is made, as a list of steps. */
function explainWay(provider: Provider, { title, steps, page, source }: CredentialWay): string {
  const numbered = steps.map((step, index) => `${index + 1}. ${step.replaceAll('**', '')}`);
  return [
    `${provider.title}: ${title}`,
    ...numbered,
    ...(page ? [`Open ${page}`] : []),
    `The vendor's page about it: ${source}`,
  ].join('\n');
}

async function askSetting(
  provider: Provider,
  way: CredentialWay,
  key: string,
  options: Known,
  questions: Questions,
): Promise<string> {
  const { description = key } = fieldMeta(fieldOf(provider.settings, key));
  const secret = isSecret(provider, key);
  const flag = `--${secret ? 'secret' : 'set'} ${provider.name}.${key}=<${secret ? 'file' : 'value'}>, or the variable ${variable(provider, key)}`;
  const message = `${provider.title}: ${description}`;
  if (way.keyPair === key) return askKey(provider, options, questions, `${flag}, or --new-key`);
  if (secret) return questions.secret({ message, flag });
  return questions.text({ message, flag, validate: given => problemWith(provider, key, given) });
}

function problemWith(provider: Provider, key: string, given: string): string | undefined {
  if (given === '') return 'It is needed.';
  const { error } = safeParse(fieldOf(provider.settings, key) as z.ZodType, given);
  return error && `It ${error.issues[0]?.message.replace(/^Invalid /, 'is no ') ?? 'is malformed'}.`;
}

async function askKey(provider: Provider, options: Known, questions: Questions, flag: string): Promise<string> {
  const how = options.newKey
    ? 'new'
    : await questions.choose({
        message: `${provider.title}: the key pair`,
        flag,
        options: [
          { value: 'new', label: 'Make a new pair', hint: 'you register its public half' },
          { value: 'file', label: 'I have registered one', hint: 'you name the file of its private half' },
        ],
      });
  if (how === 'file') return askKeyFile(provider, questions, flag);
  const { privateKey, publicKey } = await makeKeyPair();
  questions.tell(`The public key to be registered with ${provider.title}, all lines of it:`);
  questions.show(publicKey);
  if (questions.someone) await waitForRegistration(questions, flag);
  return privateKey;
}

async function askKeyFile(provider: Provider, questions: Questions, flag: string): Promise<string> {
  let key = '';
  await questions.text({
    message: `${provider.title}: file of the private key`,
    placeholder: '~/key.pem',
    flag,
    validate: given => {
      const read = keyFromFile(given);
      key = read.key ?? '';
      return read.problem;
    },
  });
  return key;
}

async function waitForRegistration(questions: Questions, flag: string): Promise<void> {
  const registered = await questions.agree({
    message: 'Is it registered? (The private half is kept once all is done.)',
    flag,
    initial: true,
  });
  if (!registered)
    throw new Fault({
      code: 'cancelled',
      message: 'Stopped before the key was registered.',
      hint: 'Nothing was written. Run setup again; it makes another pair.',
    });
}
