import { Argument, Command, CommanderError, Option } from 'commander';
import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { version } from '../base/version.ts';
import { providerVariables } from '../config/connection.ts';
import { providers } from '../providers/index.ts';
import type { Shell } from './commands/completion.ts';

import { type ExitCode, exitCodes } from './exit-codes.ts';
import { report } from './failure.ts';
import { commandFlags, type Flag, generalFlags, httpFlags } from './flags.ts';
import type { Flags } from './session.ts';
import { clients } from './setup/clients.ts';
import type { SetupFlags } from './setup/flags.ts';
import { alignColumns, type Terminal } from './terminal.ts';

/** Runs one command line and gives its exit code; what goes wrong has been told then. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let unwritten: NodeJS.ErrnoException | undefined;
  terminal.stdout.on('error', error => {
    unwritten ??= error;
  });
  terminal.stderr.on('error', () => {});
  let exit: ExitCode = 0;
  const program = createProgram(terminal, code => {
    exit = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    await new Promise<unknown>(resolve => terminal.stdout.write('', resolve));
    // A reader that has seen enough, as in `... | head`, is no failure.
    if (unwritten && unwritten.code !== 'EPIPE') throw cannotPrint(unwritten);
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, terminal);
    return error.exitCode === 0 ? 0 : report(wrongUse(error), terminal);
  }
}

function createProgram(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('data-platforms-mcp')
    .description(`One MCP server for ${titles()}.`)
    .usage('[options] [command]')
    .exitOverride()
    .configureOutput({ writeOut: text => terminal.stdout.write(text), writeErr: () => {} })
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .helpCommand(false)
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .addHelpText('after', () => afterHelp());
  addOptions(program, serverOptions, generalFlags());
  program.action(async (_, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined) throw unknownCommand(unknown, program);
    const { serve } = await import('./commands/serve.ts');
    done(await serve(flagsOf(command), terminal));
  });
  addCommands(program, terminal, done);
  for (const command of program.commands) addOptions(command, serverOptions, commandFlags(command.name()));
  // Not before: commands inherit it. The action answers for a command that does not exist.
  return program.allowExcessArguments();
}

type Done = (code: ExitCode) => void;
type Reporting = { json?: true | undefined };

function addCommands(program: Command, terminal: Terminal, done: Done): void {
  const json = ['--json', 'Print JSON'] as const;
  const http = program
    .command('http')
    .description('Serve over HTTP: /mcp for every protocol revision, for one person or a team')
    .action(async (_, command: Command) => {
      const { http } = await import('./commands/http.ts');
      done(await http(flagsOf(command), flagsOf(command, httpFlags()), terminal));
    });
  addOptions(http, 'HTTP options:', httpFlags());
  addSetup(program, terminal, done);
  program
    .command('token')
    .description('Make a bearer token for a caller of the HTTP server')
    .argument('<name>', 'who gets it')
    .action(async (name: string) => done((await import('./commands/token.ts')).token(name, terminal)));
  program
    .command('demo')
    .description('Tell a story on the sandbox with a real MCP client: no account, no network')
    .option('--open', 'show the pages for clients that draw MCP Apps, in a browser')
    .action(async ({ open }: { open?: true }, command: Command) => {
      const flags = flagsOf(command);
      if (open) done(await (await import('./commands/open-demo.ts')).openDemo(flags, terminal));
      else done(await (await import('./commands/demo.ts')).demo(flags, terminal));
    });
  program
    .command('tools')
    .description('Show what a client would be offered, and what it costs in tokens')
    .addArgument(new Argument('[platform]', 'only its tools').choices(providers.map(({ name }) => name)))
    .option(...json)
    .action(async (platform: string | undefined, { json }: Reporting, command: Command) =>
      done(await (await import('./commands/tools.ts')).tools(flagsOf(command), { json, platform }, terminal)),
    );
  addCall(program, terminal, done);
  addChains(program, terminal, done);
  program
    .command('doctor')
    .description('Look at each connection: reachable, whose account, what it may do, what is missing')
    .argument('[platform]', 'only this one')
    .option('--verify', 'ask every reading operation, and hold the answers against what is known of the platform')
    .option(...json)
    .action(async (platform: string | undefined, { json, verify }: Reporting & { verify?: true }, command: Command) => {
      if (verify) {
        const { verifyConnections } = await import('./commands/verify.ts');
        return done(await verifyConnections(flagsOf(command), { json, platform }, terminal));
      }
      const { doctor } = await import('./commands/doctor.ts');
      done(await doctor(flagsOf(command), { json, platform }, terminal));
    });
  program
    .command('add')
    .description(
      'Bring a part that the package does not have: sql (DuckDB), for query_result and Parquet, or keychain, for setup',
    )
    .addArgument(new Argument('<part>', 'which').choices(['sql', 'keychain']))
    .action(async (part: string) => done(await (await import('./commands/add.ts')).add(part, terminal)));
  program
    .command('completion')
    .description('Print a script that completes commands, options and tools in a shell')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action(async (shell: Shell) => {
      const options = program.options.map(({ long }) => long).filter(long => long !== undefined);
      const commands = program.commands.map(command => command.name());
      const { completion } = await import('./commands/completion.ts');
      done(await completion(shell, { commands, options }, terminal));
    });
  program
    .command('help')
    .description('Show help for a command')
    .argument('[command]')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find(one => one.name() === name);
      if (!command) throw unknownCommand(name ?? '', program);
      command.outputHelp();
    });
  program
    .command('sandbox')
    .description('Run only the simulators, and print the environment that connects to them')
    .option(...json)
    .action(async ({ json }: Reporting, command: Command) =>
      done(await (await import('./commands/sandbox.ts')).sandbox(flagsOf(command), { json }, terminal)),
    );
}

function addSetup(program: Command, terminal: Terminal, done: Done): void {
  const platforms = providers.map(({ name }) => name).join(', ');
  program
    .command('setup')
    .description('Connect your accounts, and tell the MCP clients of this computer; asks for whatever no flag says')
    .option('--sandbox', 'No account: the clients get the built-in sandbox')
    .option('--platform <name...>', `Connect these: ${platforms}`)
    .option('--set <platform.setting=value...>', 'Settings that are no secret')
    .option('--secret <platform.setting=file...>', 'Secrets, each read from a file, or - for stdin')
    .option('--new-key', 'Make a key pair where the platform takes one, and print its public half')
    .option('--untested', 'Keep a credential that the platform does not accept (yet)')
    .addOption(new Option('--storage <where>', 'Where secrets are kept').choices(['keychain', 'file']))
    .option('--read-only', 'Let the assistant change nothing')
    .addOption(
      new Option('--client <name...>', 'Tell these clients; all: those that are installed').choices([
        ...clients.map(({ name }) => name),
        'all',
        'none',
      ]),
    )
    .addOption(new Option('--launch <how>', 'How clients start it: this copy, or npx').choices(['node', 'npx']))
    .option('--dry-run', 'Test and show, and write nothing')
    .option('--yes', 'Ask nothing; what no flag says is an error')
    .option('--json', 'Print JSON, and ask nothing')
    .option('--undo', 'Put back what setup has written')
    .option('--forget', 'With --undo: delete the stored credentials too')
    .addOption(
      new Option('--print <client>', 'Print what a client has to be told, and write nothing').choices(
        clients.map(({ name }) => name),
      ),
    )
    .action(async (flags: SetupFlags) => done(await (await import('./commands/setup.ts')).setup(flags, terminal)));
}

// Everything that is not ours belongs to the tool, so `--help` has to be a flag like others here.
function addCall(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('call')
    .description('Run one operation')
    .usage('<tool> [--argument value ...] [options]')
    .argument('[tool]')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .option('--json [arguments]', 'Print JSON, errors too; also takes the arguments as a JSON object')
    .option('--no-wait', 'Do not wait for a run to end; print its URI')
    .option('-h, --help', 'Show the arguments of the tool')
    .action(async (tool: string | undefined, { json, wait, help }, command: Command) => {
      if (help && tool === undefined) command.help();
      if (help) return (await import('./tool-help.ts')).showTool(tool ?? '', terminal);
      const { call } = await import('./commands/call.ts');
      done(await call({ tool, rest: command.args.slice(1), json, wait }, flagsOf(command), terminal));
    });
}

function addChains(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('run')
    .description('Run a chain of calls: a file, or the name of one')
    .usage('<chain> [--parameter value ...] [options]')
    .argument('<chain>')
    .allowUnknownOption()
    .allowExcessArguments()
    .option('--json', 'Print JSON')
    .option('--dry-run', 'Show what would be called, and call nothing')
    .option('--fresh', 'Begin anew where an earlier run was stopped')
    .action(async (chain: string, { json, dryRun, fresh }, command: Command) => {
      const { runChainFile } = await import('./commands/run.ts');
      const line = { chain, rest: command.args.slice(1), json, dryRun, fresh };
      done(await runChainFile(line, flagsOf(command), terminal));
    });
  program
    .command('chain')
    .description('Agree to the steps of a chain, so that it runs unattended')
    .addArgument(new Argument('<action>', 'what to do').choices(['approve']))
    .argument('<chain>', 'file or name')
    .action(async (_: string, chain: string, __: unknown, command: Command) =>
      done(await (await import('./commands/run.ts')).approveChain(chain, flagsOf(command), terminal)),
    );
}

const serverOptions = 'Server options:';

function addOptions(command: Command, group: string, flags: readonly Flag[]): Command {
  command.optionsGroup(group);
  for (const { long, value, description, choices, several } of flags) {
    const option = new Option(value ? `--${long} <${value}>` : `--${long}`, description);
    if (several) option.argParser((given: string, before: string[] = []) => [...before, given]);
    command.addOption(choices ? option.choices(choices) : option);
  }
  return command.optionsGroup('Options:');
}

/** The flags that were given, before or after the command. */
function flagsOf(command: Command, flags = generalFlags()): Flags {
  const given: Record<string, unknown> = command.optsWithGlobals();
  return Object.fromEntries(flags.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, given[name]]])));
}

function unknownCommand(given: string, program: Command): Fault {
  const names = program.commands.map(command => command.name());
  return new Fault({
    code: 'bad_arguments',
    message: `There is no command "${given}".`,
    hint: suggestion(
      given,
      ['--help', '--version', ...names],
      `There are: ${names.join(', ')}. See data-platforms-mcp --help.`,
    ),
  });
}

const cannotPrint = (cause: Error) =>
  new Fault({
    code: 'too_large',
    message: `The answer could not be written to its end: ${cause.message}.`,
    hint: 'Free some space where the output goes, or send it elsewhere. The command itself has been carried out.',
    cause,
  });

// Its message ends with a suggestion in brackets on a line of its own, where there is one.
function wrongUse({ message, code }: CommanderError): Fault {
  const [first = '', suggestion = ''] = message.replace(/^error: /, '').split('\n');
  const hint = suggestion.replace(/^\(|\)$/g, '') || 'See data-platforms-mcp --help.';
  return new Fault({ code: 'bad_arguments', message: `${first.replace(/\.?$/, '')}.`, hint, cause: code });
}

function titles(): string {
  const [last = '', ...before] = providers.map(({ title }) => title).toReversed();
  return before.length ? `${before.toReversed().join(', ')} and ${last}` : last;
}

function afterHelp(): string {
  const variables = providers
    .flatMap(providerVariables)
    .map(({ name, required, description }) => [`  ${name}`, `${description}${required ? '' : ' (optional)'}`]);
  return [
    '',
    'Without a command it is an MCP server on stdin and stdout: clients start it so.',
    '',
    'Examples:',
    '  In the configuration of Claude Desktop or another client, without an account:',
    '    {"mcpServers": {"data-platforms": {"command": "data-platforms-mcp", "args": ["--sandbox"]}}}',
    '  For a team or a framework, over HTTP at http://127.0.0.1:3333/mcp:',
    '    data-platforms-mcp http --sandbox',
    '  The simulators alone, for a server or a script of yours:',
    '    data-platforms-mcp sandbox',
    '  One operation from a shell, here on the sandbox:',
    '    data-platforms-mcp call check_connections --sandbox',
    '',
    'Environment:',
    '  Every server option is also a variable, DATA_PLATFORMS_<OPTION>, and a key of the file given with --config.',
    '  Connections are variables or entries of that file; secrets never are flags. <NAME>_FILE reads one from a file.',
    ...alignColumns(variables),
    '',
    'Exit codes:',
    ...alignColumns(exitCodes.map(({ code, meaning }) => [`  ${code}`, meaning])),
    '',
  ].join('\n');
}
