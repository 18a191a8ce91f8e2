import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Log, shortened } from '../../base/log.ts';

/** What comes to be known of a request while it is answered. */
interface Facts {
  caller?: string;
  problem?: string;
}

interface Noted {
  facts: Facts;
  /** Its line is written. */
  over: boolean;
}

/**
 * One line for each request, when it is over: what was refused at `info`, what failed here at `warn`, the rest at
 * `debug`, because calls have lines of their own. Nothing of the address but the path: clients put secrets into queries.
 */
export class RequestLog {
  readonly #requests = new AsyncLocalStorage<Noted>();
  readonly #log: Log;
  readonly #count: (status: number) => void;

  /** `count`: learns the status of every answer. */
  constructor(log: Log, count: (status: number) => void) {
    this.#log = log;
    this.#count = count;
  }

  /** Answers a request. What is noted meanwhile goes into its line. */
  follow<Result>(request: IncomingMessage, response: ServerResponse, answer: () => Result): Result {
    const noted: Noted = { facts: {}, over: false };
    const begun = performance.now();
    // It is forgotten when the connection has gone.
    const address = request.socket.remoteAddress;
    response.once('close', () => {
      noted.over = true;
      const ms = Math.round(performance.now() - begun);
      this.#write(request, response, { ms, ...noted.facts, address });
    });
    return this.#requests.run(noted, answer);
  }

  /** Who the request under way is from, and why it was refused. False where none is: it may be over. */
  note(facts: Facts): boolean {
    const noted = this.#requests.getStore();
    if (!noted || noted.over) return false;
    // Whoever refuses first knows best why.
    noted.facts = { ...facts, ...noted.facts };
    return true;
  }

  #write({ method, url = '' }: IncomingMessage, response: ServerResponse, facts: object): void {
    const { statusCode, headersSent, writableFinished } = response;
    if (headersSent) this.#count(statusCode);
    // A link to a file is worth the file.
    const [path = ''] = url.replace(/\/download\/.*/s, '/download/...').split('?', 1);
    const status = headersSent ? { status: statusCode } : {};
    const left = writableFinished ? {} : { left: true };
    const fields = { method, path: shortened(path), ...status, ...facts, ...left };
    this.#log[levelOf(headersSent ? statusCode : 0)](fields, 'request');
  }
}

/**
 * 503 is what a server says that stops, or whose authorization server is away. By 405 older clients learn, as the
 * protocol has it, that there is no stream without a session.
 */
function levelOf(status: number): 'warn' | 'info' | 'debug' {
  if (status >= 500 && status !== 503) return 'warn';
  if (status === 405) return 'debug';
  return status >= 400 ? 'info' : 'debug';
}
