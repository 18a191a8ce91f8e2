import {
  type CallToolResult,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Question } from '../answers/answer.ts';
import type { CallOptions } from '../calls/call-scope.ts';
import type { Person } from '../http/call.ts';
import { declaredCapabilities } from './call-options.ts';

/** How the client of one connection, or of one request, puts questions to its person. */
export interface Asking {
  canAsk(context: ServerContext): boolean;
  /** Carries out a call, with what it needs to have its question put. */
  during(
    context: ServerContext,
    call: (questions: Pick<CallOptions, 'person' | 'put'>) => Promise<CallToolResult>,
  ): Promise<CallToolResult>;
}

/** In the 2026 era a question is an answer, and the call comes again; before, the client is sent a request meanwhile. */
export function askingThrough(server: Server, era: 'legacy' | 'modern', asks: boolean): Asking {
  // A client may declare that it asks, and have nobody who does.
  let cannot = false;
  const canAsk = (context: ServerContext) =>
    asks && !cannot && asksByForm(declaredCapabilities(context) ?? server.getClientCapabilities());
  return {
    canAsk,
    async during(context, call) {
      if (!canAsk(context)) return call({});
      if (era === 'modern') {
        const cannotAnswer = () => {
          cannot = true;
        };
        return call({ person: { ...answerOf(context), cannotAnswer }, put: asResult });
      }
      let person: Person = {};
      for (;;) {
        let question: Question | undefined;
        const result = await call({
          person,
          put(one) {
            question = one;
            return { content: [] };
          },
        });
        if (!question) return result;
        const answer = await sendQuestion(server, question, context);
        if (!answer) {
          cannot = true;
          return call({});
        }
        person = { answer };
      }
    },
  };
}

/** Clients from before there were kinds declare nothing more than that they ask. */
const asksByForm = (capabilities: ClientCapabilities | undefined): boolean => {
  const { elicitation } = capabilities ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
};

/** Accepting is the whole of the answer. */
const form = (message: string) => ({ message, requestedSchema: { type: 'object' as const, properties: {} } });

const asResult = ({ text, token }: Question): CallToolResult =>
  inputRequired({
    inputRequests: { confirm: inputRequired.elicit(form(text)) },
    requestState: token,
  }) satisfies InputRequiredResult as never;

function answerOf({ mcpReq }: ServerContext): Person {
  const state = mcpReq.requestState<string>();
  if (mcpReq.inputResponses === undefined || typeof state !== 'string') return {};
  return { answer: { said: wordIn(mcpReq.inputResponses['confirm']), state } };
}

/** How long a person may take over a question: as long as what they say is good. */
const patienceMs = 600_000;

/** Questions that a client has not answered yet, by what ends the waiting for them. */
const open = new WeakMap<Server, Set<AbortController>>();

/**
 * Something came in that is no message. What it was meant to answer cannot be told; where a question is open it may
 * well have been the answer, and nobody else will come.
 */
export function noteUnreadable(server: Server | undefined, { name }: Error): void {
  if (!name.endsWith('ZodError') && name !== 'SyntaxError') return;
  for (const question of (server && open.get(server)) ?? []) question.abort();
}

/** Undefined where the client has nobody to ask. */
async function sendQuestion(
  server: Server,
  { text, token }: Question,
  { mcpReq }: ServerContext,
): Promise<Person['answer']> {
  const request = { method: 'elicitation/create' as const, params: { mode: 'form' as const, ...form(text) } };
  const unreadable = new AbortController();
  const questions = open.get(server) ?? new Set();
  open.set(server, questions.add(unreadable));
  const signal = AbortSignal.any([mcpReq.signal, unreadable.signal]);
  try {
    const answer = await mcpReq.send(request, z.looseObject({}), { timeout: patienceMs, signal });
    return { said: wordIn(answer), state: token };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    mcpReq.signal.throwIfAborted();
    return { said: unreadable.signal.aborted ? 'unreadable' : 'cancel', state: token };
  } finally {
    questions.delete(unreadable);
  }
}

type Word = NonNullable<Person['answer']>['said'];

function wordIn(answer: unknown): Word {
  const { action } = (answer ?? {}) as { action?: unknown };
  return action === 'accept' || action === 'decline' || action === 'cancel' ? action : 'unreadable';
}
