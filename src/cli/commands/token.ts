import { newToken } from '../../callers/static-tokens.ts';
import { print, type Terminal } from '../terminal.ts';

/** Makes a bearer token. stdout has the token alone; what to configure is told beside it. */
export function token(name: string, { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>): 0 {
  const { token, sha256 } = newToken();
  print(stdout, token);
  print(
    stderr,
    `This is the token of ${name}; it is shown only now. Add to http.tokens in the configuration file:`,
    JSON.stringify({ name, sha256 }),
  );
  return 0;
}
