import { homedir } from 'node:os';
import { Fault } from '../../base/errors.ts';
import { suggestion } from '../../base/nearest.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ExitCode } from '../exit-codes.ts';
import { askAccount, type NewAccount } from '../setup/accounts.ts';
import { type Computer, clients, installedClients, type McpClient } from '../setup/clients.ts';
import { ownFiles } from '../setup/files.ts';
import type { SetupFlags } from '../setup/flags.ts';
import { readGiven } from '../setup/given.ts';
import { applyChange, type Change } from '../setup/journal.ts';
import { chooseStorage, keepSecrets, type Storage } from '../setup/keep.ts';
import { launch, usualLaunch } from '../setup/launch.ts';
import { type ClientPlan, difference, planClient, planConfig } from '../setup/plan.ts';
import { askNobody, askPerson, type Questions } from '../setup/questions.ts';
import { paint, print, type Terminal } from '../terminal.ts';

/**
 * Connects platforms and tells clients of the server. Everything is asked and tried first; only then is anything
 * written, each file as a whole and so that `--undo` can put it back.
 */
export async function setup(flags: SetupFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.print !== undefined) return (await import('../setup/print.ts')).printEntry(flags.print, flags, terminal);
  const someone = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true && !flags.json && !flags.yes;
  const questions = someone ? await askPerson(terminal) : askNobody(terminal, flags.json === true);
  if (flags.undo) return (await import('../setup/undo.ts')).undo(flags, questions, terminal);
  const accounts = await askAccounts(flags, questions, terminal);
  const readOnly = accounts.length > 0 && (await askReadOnly(flags, questions));
  const storage =
    accounts.length > 0 ? await chooseStorage(flags.dryRun ? 'file' : flags.storage, questions, terminal) : 'file';
  const plans = await planClients(await askClients(flags, questions, terminal), flags, accounts.length > 0, terminal);
  for (const plan of plans) await showPlan(plan, questions);
  if (flags.dryRun) return report({ accounts, plans, written: [] }, flags, questions, terminal);
  const sure =
    flags.yes ||
    flags.json ||
    !questions.someone ||
    (await questions.agree({ message: 'Write all this?', flag: '--yes', initial: true }));
  if (!sure)
    throw new Fault({ code: 'cancelled', message: 'Nothing was written.', hint: 'Run setup again when you like.' });
  const written = await writeAll(accounts, { readOnly, storage, plans });
  return report({ accounts, plans, written }, flags, questions, terminal);
}

async function askAccounts(flags: SetupFlags, questions: Questions, terminal: Terminal): Promise<NewAccount[]> {
  const given = readGiven(flags.set ?? [], flags.secret ?? [], terminal.env);
  const chosen = flags.sandbox ? [] : await askPlatforms([...(flags.platform ?? []), ...given.named], questions);
  const options = { given, newKey: flags.newKey === true, untested: flags.untested === true };
  const accounts: NewAccount[] = [];
  for (const provider of chosen) {
    const account = await askAccount(provider, options, questions, terminal);
    if (account) accounts.push(account);
  }
  if (chosen.length > 0 && accounts.length === 0)
    throw new Fault({
      code: 'not_configured',
      message: 'No platform was connected. Nothing was written.',
      hint: 'Run setup again, or try it without an account: data-platforms-mcp setup --sandbox.',
    });
  return accounts;
}

async function askPlatforms(named: readonly string[], questions: Questions): Promise<Provider[]> {
  const known = providers.map(({ name }) => name);
  for (const name of named)
    if (!known.includes(name))
      throw new Fault({
        code: 'bad_arguments',
        message: `There is no platform "${name}".`,
        hint: suggestion(name, known, `There are: ${known.join(', ')}.`),
      });
  if (named.length > 0) return providers.filter(({ name }) => named.includes(name));
  const flag = '--platform <name>, or --sandbox';
  const how = await questions.choose({
    message: 'Do you have an account on one of the platforms?',
    flag,
    options: [
      { value: 'accounts', label: 'Yes, connect my accounts' },
      { value: 'sandbox', label: 'No, try it on the built-in sandbox' },
    ],
  });
  if (how === 'sandbox') return [];
  const chosen = await questions.chooseSome({
    message: 'Which platforms? (space selects, return goes on)',
    flag,
    options: providers.map(({ name, title }) => ({ value: name, label: title })),
  });
  return providers.filter(({ name }) => chosen.includes(name));
}

async function askReadOnly(flags: SetupFlags, questions: Questions): Promise<boolean> {
  if (flags.readOnly || !questions.someone) return flags.readOnly === true;
  const may = await questions.choose({
    message: 'What may the assistant do?',
    flag: '--read-only',
    options: [
      { value: 'write', label: 'Read and change', hint: 'what destroys something is put to you first' },
      { value: 'read', label: 'Read only' },
    ],
  });
  return may === 'read';
}

async function askClients(flags: SetupFlags, questions: Questions, terminal: Terminal): Promise<McpClient[]> {
  const found = installedClients(computerOf(terminal));
  const named = flags.client;
  if (named) {
    if (named.includes('none')) return [];
    if (named.includes('all')) return found;
    return clients.filter(({ name }) => named.includes(name));
  }
  if (questions.someone && found.length === 0) {
    questions.tell('None of the clients that setup knows was found on this computer.');
    return [];
  }
  const chosen = await questions.chooseSome({
    message: 'These clients were found. Which ones shall have the server?',
    flag: '--client <name>, all or none',
    options: found.map(({ name, title }) => ({ value: name, label: title })),
    initial: found.map(({ name }) => name),
    required: false,
  });
  return found.filter(({ name }) => chosen.includes(name));
}

const computerOf = ({ env }: Pick<Terminal, 'env'>): Computer => ({ platform: process.platform, home: homedir(), env });

async function planClients(
  chosen: readonly McpClient[],
  flags: SetupFlags,
  hasAccounts: boolean,
  terminal: Terminal,
): Promise<ClientPlan[]> {
  const { config } = await ownFiles();
  const by = flags.launch ?? usualLaunch(process.argv[1] ?? '');
  const how = launch(by, hasAccounts ? ['--config', config] : ['--sandbox']);
  return Promise.all(chosen.map(client => planClient(client, computerOf(terminal), how)));
}

async function showPlan({ client: { title }, path, change, problem }: ClientPlan, questions: Questions): Promise<void> {
  if (problem) questions.tell(`${problem.message}\n${problem.hint}`);
  else if (!change) questions.tell(`${title}: ${path} says it already.`);
  else
    questions.tell(
      [`${title}: ${path} ${change.before ? 'changes' : 'is made'}:`, ...(await difference(change))].join('\n'),
    );
}

/** Nothing in here waits for a person or a platform, so it is over in a moment; Ctrl-C has no effect on it. */
async function writeAll(
  accounts: readonly NewAccount[],
  { readOnly, storage, plans }: { readOnly: boolean; storage: Storage; plans: readonly ClientPlan[] },
): Promise<string[]> {
  const files = await ownFiles();
  const now = new Date();
  const told: string[] = [];
  const write = async (change: Change) => {
    await applyChange(files, change, now);
    told.push(`${change.path} is written`);
  };
  const connections: Record<string, unknown> = {};
  for (const account of accounts) {
    const kept = await keepSecrets(account, storage, files);
    connections[account.provider.name] = kept.entry;
    told.push(...kept.told);
  }
  if (accounts.length > 0) await write(await planConfig(files, { connections, readOnly }));
  for (const { change } of plans) if (change) await write(change);
  return told;
}

interface Outcome {
  accounts: readonly NewAccount[];
  plans: readonly ClientPlan[];
  written: readonly string[];
}

/** What was done and what comes next. Exit 3 where a client could not be told, or a platform did not accept it. */
async function report(
  { accounts, plans, written }: Outcome,
  flags: SetupFlags,
  questions: Questions,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const fine = plans.every(({ problem }) => !problem) && accounts.every(({ diagnosis }) => diagnosis.status === 'ok');
  if (flags.json) {
    const clientsTold = plans.map(async ({ client, path, change, problem }) => ({
      client: client.name,
      path,
      ...(problem ? { problem: problem.message } : { changes: change ? await difference(change) : [] }),
    }));
    const connections = accounts.map(({ diagnosis }) => diagnosis);
    print(stdout, JSON.stringify({ written, connections, clients: await Promise.all(clientsTold) }, null, 2));
    return fine ? 0 : 3;
  }
  if (flags.dryRun) {
    questions.tell('Nothing was written: this was a dry run.');
    return fine ? 0 : 3;
  }
  questions.tell(
    [...written.map(line => `${line}.`), 'data-platforms-mcp setup --undo puts everything back.'].join('\n'),
  );
  const next = plans
    .filter(({ problem }) => !problem)
    .map(({ client: { title, next: step, look } }) => `${title}: ${step} ${look}`);
  if (next.length > 0)
    questions.tell([...next, `Then ask: ${paint(stdout, 'bold', '"What is connected?"')}`].join('\n'));
  return fine ? 0 : 3;
}
