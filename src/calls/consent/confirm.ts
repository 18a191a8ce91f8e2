import type { Question } from '../../answers/answer.ts';
import { nodeCrypto } from '../../base/crypto.ts';
import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { LruMap } from '../../base/lru-map.ts';
import type { Signer } from '../../base/signer.ts';
import type { Register } from '../../coordination/register.ts';
import type { Person } from '../../http/call.ts';
import { asksIfLost, type Loss, type Operation, type OperationContext } from '../../operations/operation.ts';
import { requestLine } from '../execute.ts';
import { sourceDigests } from '../request-body.ts';
import { putInWords } from './question.ts';

/** How long a question, an agreement and a refusal are good, in ms of the clock. */
const lifetimeMs = 600_000;
/** After so many questions in a row that nobody answered, it is the client that does not ask. */
const mostUnanswered = 2;
/** Calls that came sooner were sent together, by a client that may well be showing the first question. */
const togetherMs = 1000;
/** Questions that are remembered until they are answered. */
const mostOpen = 1000;

/** What the call brings along of an earlier one. */
export interface Given {
  /** Token of the first call, where nobody can be asked through the client. */
  confirm?: string | undefined;
  /** Put the question again to somebody who has said no. */
  ask_again?: boolean | undefined;
}

/** What a person has to agree to. */
export interface Matter {
  /** For the model: the operation or tool. */
  name: string;
  /** What is refused, if it is: name, account and arguments. */
  what: readonly unknown[];
  /** Looked up before anybody is asked; undefined: nothing would be lost. */
  look(): Promise<Looked | undefined>;
}

interface Looked {
  /** As a person is asked it. */
  text: string;
  /** What an agreement is bound to besides. */
  bound: readonly unknown[];
  /** What would be sent, for who cannot be asked through the client. */
  sent?: string;
}

export interface Confirmations {
  /** The same for what is no operation of a platform. */
  agree(matter: Matter, given: Given, now: number, person: Person | undefined): Promise<Question | undefined>;
  /**
   * Undefined when somebody has agreed to exactly this, or nothing would be lost. Otherwise the question, where the
   * client can put it.
   * @throws Fault `needs_confirmation` with a token where the client cannot; `cancelled` when nobody agreed
   */
  ask(
    operation: Operation,
    args: Row,
    given: Given,
    context: OperationContext,
    person: Person | undefined,
  ): Promise<Question | undefined>;
}

/** A question, what it is bound to, and under what a refusal of it is kept. */
type Put = Record<'name' | 'subject' | 'refusal' | 'text', string> & { now: number };

/**
 * Agreements of one caller. What is agreed to is the operation, its arguments, the connection, what would be lost and
 * the bytes of every source. An agreement is good once, for ten minutes; a refusal outranks it for as long. `register`
 * holds which were used and what was refused, for every process that shares it.
 */
export function confirmations(signer: Signer, register: Register): Confirmations {
  const refusals = refusalsIn(register);
  // That somebody was asked is no agreement, so the two are signed apart.
  const asked = tickets('question', signer, register);
  const agreed = tickets('agreement', signer, register);
  /** Questions to which nothing came back, not even that somebody closed them. */
  const open = new LruMap<{ times: number; at: number }>(mostOpen);
  let cancelled = 0;
  const isMute = (subject: string) => (open.get(subject)?.times ?? 0) > mostUnanswered;
  const reopen = (subject: string) => open.set(subject, { times: 0, at: Number.NEGATIVE_INFINITY });

  async function heard(name: string, person: Person, subject: string, refusal: string, now: number) {
    const { said, state } = person.answer ?? {};
    if (said === undefined || state === undefined || !asked.isGood(state, subject, now)) return false;
    reopen(subject);
    if (said !== 'cancel') cancelled = 0;
    if (said === 'decline') {
      await refusals.add(refusal, now);
      throw declined(name);
    }
    if (said === 'cancel') throw unanswered(++cancelled);
    if (said === 'unreadable') throw unreadable();
    return asked.use(state, subject, now);
  }

  /** Undefined: the client has nobody to ask. In the 2026 era it cannot say so, and fails without a word. */
  function put(subject: string, text: string, now: number): Question | undefined {
    const { times, at } = open.get(subject) ?? reopen(subject);
    const isNext = now - at >= togetherMs;
    open.set(subject, { times: times + (isNext ? 1 : 0), at: isNext ? now : at });
    return isMute(subject) ? undefined : { kind: 'question', text, token: asked.issue(subject, now) };
  }

  /** Undefined: nobody sees what this client is sent. */
  async function putTo(
    person: Person,
    confirm: string | undefined,
    about: Put,
  ): Promise<Question | 'agreed' | undefined> {
    const { name, subject, refusal, text, now } = about;
    if (confirm !== undefined && !isMute(subject)) throw noToken(name);
    if (await heard(name, person, subject, refusal, now)) return 'agreed';
    const question = confirm === undefined ? put(subject, text, now) : undefined;
    if (!question) person.cannotAnswer?.();
    return question;
  }

  const agree: Confirmations['agree'] = async ({ name, what, look }, { confirm, ask_again }, now, person) => {
    const refusal = signer.sign('refusal', what);
    const asksAgain = person !== undefined && (ask_again === true || person.calls === true);
    if (!asksAgain && (await refusals.has(refusal))) throw refusedBefore(name, person);
    const looked = await look();
    if (!looked) return undefined;
    const { text, bound, sent } = looked;
    const subject = JSON.stringify([...what, ...bound]);
    if (person) {
      if (asksAgain && !person.answer) reopen(subject);
      const answer = await putTo(person, confirm, { name, subject, refusal, text, now });
      if (answer) return answer === 'agreed' ? undefined : answer;
    }
    if (confirm !== undefined && (await agreed.use(confirm, subject, now))) return undefined;
    throw twoSteps(confirm, sent ? `${text} ${sent}` : text, agreed.issue(subject, now));
  };

  return {
    agree,
    ask(operation, args, given, context, person) {
      const what = [operation.name, context.connection.name, args];
      const look = async () => {
        const loss = await lossOf(operation, args, context);
        return (
          loss && {
            text: putInWords(operation, args, loss, context),
            bound: [loss, await sourceDigests(operation, args, context)],
            sent: `This would be sent: ${requestLine(operation, args, context)}`,
          }
        );
      };
      return agree({ name: operation.name, what, look }, given, context.clock.now(), person);
    },
  };
}

/** Signed notes that are good once, for one subject and for ten minutes. */
function tickets(purpose: string, signer: Signer, register: Register) {
  const sign = (until: number, nonce: string, subject: string) => signer.sign(purpose, [until, nonce, subject]);
  const read = (ticket: string) => {
    const [expiry = '', nonce = '', signature = ''] = ticket.split('.', 3);
    return { until: Number.parseInt(expiry, 36), nonce, signature };
  };
  const isGood = (ticket: string, subject: string, now: number) => {
    const { until, nonce, signature } = read(ticket);
    return until >= now && signer.verify(purpose, [until, nonce, subject], signature);
  };
  return {
    issue(subject: string, now: number): string {
      const until = now + lifetimeMs;
      const nonce = nodeCrypto().randomBytes(6).toString('base64url');
      return `${until.toString(36)}.${nonce}.${sign(until, nonce, subject)}`;
    },
    isGood,
    /** Whether it is good, and nobody has used it. */
    async use(ticket: string, subject: string, now: number): Promise<boolean> {
      if (!isGood(ticket, subject, now)) return false;
      const { until, nonce } = read(ticket);
      const key = signer.sign('used', [purpose, nonce]);
      const { version, value } = await register.read(key);
      return !value && (await register.write(key, version, { used: now }, until + 1)) !== undefined;
    },
  };
}

function refusalsIn(register: Register) {
  return {
    has: async (key: string) => (await register.read(key)).value !== undefined,
    async add(key: string, now: number) {
      for (;;) {
        const { version } = await register.read(key);
        if ((await register.write(key, version, { refused: now }, now + lifetimeMs)) !== undefined) return;
      }
    },
  };
}

/** Undefined when there is nothing to ask. */
export async function lossOf(operation: Operation, args: Row, context: OperationContext): Promise<Loss | undefined> {
  const otherwise = asksIfLost(operation) ? undefined : {};
  try {
    const found = await operation.describeLoss?.(args as never, context);
    return typeof found === 'string' ? { says: found } : (found ?? otherwise);
  } catch (error) {
    // A token may be allowed to change what it may not read.
    if (!isFault(error, 'missing_scope') || !operation.scopes) throw error;
    return { says: `What would be lost cannot be told: ${error.message}` };
  }
}

const twoSteps = (confirm: string | undefined, text: string, token: string) =>
  new Fault({
    code: 'needs_confirmation',
    message: `${confirm === undefined ? '' : 'The token does not fit this call, was used, or has lapsed. '}${text}`,
    hint: `Ask the person. If they agree, repeat the call with confirm: "${token}", everything else unchanged, within ten minutes. It is good once.`,
  });

const noToken = (name: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} takes no token here: this client puts the question to its person.`,
    hint: 'Repeat the call without confirm.',
  });

const declined = (name: string) =>
  new Fault({
    code: 'cancelled',
    message: `The person did not agree to ${name}. Nothing was sent.`,
    hint: 'Do not repeat it unless they ask for it; then repeat it with ask_again: true.',
  });

const refusedBefore = (name: string, person: Person | undefined) =>
  new Fault({
    code: 'cancelled',
    message: `The person has refused exactly this (${name}) within the last ten minutes. Nothing was sent.`,
    hint: person
      ? 'If they have changed their mind, repeat the call with ask_again: true, and they are asked again.'
      : 'If they have changed their mind, it can be asked again ten minutes after they refused.',
  });

const unanswered = (times: number) =>
  new Fault({
    code: 'cancelled',
    message: 'The question was closed without an answer. Nothing was sent, and nobody has refused.',
    hint:
      times < mostUnanswered
        ? 'Tell the person. If they want it, repeat the call: the question is put again.'
        : 'This client seems to close questions by itself. The operator can set consent: two-step (over HTTP, http.two_step for single callers), so that it asks in two calls. To put the question again, repeat the call with ask_again: true.',
  });

const unreadable = () =>
  new Fault({
    code: 'cancelled',
    message: "The client's answer could not be read. Nothing was sent, and nobody has refused.",
    hint: 'Repeat the call: the question is put again. If it stays, the operator can set consent: two-step.',
  });
