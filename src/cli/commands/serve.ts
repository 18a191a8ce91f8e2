import { runStdio } from '../../server/stdio.ts';
import { type Flags, openSession } from '../session.ts';
import { print, type Terminal } from '../terminal.ts';

/** The stdio server, until its client has gone. */
export async function serve(flags: Flags, terminal: Terminal): Promise<0> {
  const session = await openSession(flags, terminal.env, { local: true });
  if (terminal.stdin.isTTY)
    print(
      terminal.stderr,
      'This is an MCP server, and it waits for an MCP client on stdin. Clients start it themselves;',
      'see data-platforms-mcp --help, try data-platforms-mcp demo. Ctrl-C ends it.',
    );
  try {
    await runStdio(session.server);
  } finally {
    await session.close();
  }
  return 0;
}
