import {
  type CallToolResult,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { RunAnswer } from '../answers/answer.ts';
import type { Clock } from '../base/clock.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import type { CallOptions } from '../calls/call-scope.ts';

/** https://github.com/modelcontextprotocol/ext-tasks: the methods, without a store behind them. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** What a task is about. It travels in the task's id, so that any process can serve the task. */
export interface TaskSubject {
  /** The run's URI. */
  run: string;
  /** Clock time, ms. */
  createdAt: number;
  /** What starting it answered, for the result at the end. */
  details?: Row | undefined;
  warnings?: string[] | undefined;
}

/** How a task is. `failed` is for protocol errors alone: a run that failed is completed, and its result says so. */
export type TaskState = { statusMessage?: string; pollIntervalMs?: number } & (
  | { status: 'working' }
  | { status: 'completed'; result: CallToolResult }
  | { status: 'cancelled' }
  | { status: 'failed'; error: { code: number; message: string } }
  | { status: 'input_required'; inputRequests: Row }
);

/** What the tasks of a server stand for. */
export interface TaskSource {
  look(subject: TaskSubject, options: CallOptions): Promise<TaskState>;
  /** Asks for the end of it; whether and when it ends, `look` shows. */
  cancel(subject: TaskSubject, options: CallOptions): Promise<void>;
  /** Takes answers to what tasks asked. Absent where none asks. */
  update?(subject: TaskSubject, answers: Row): Promise<void>;
}

/** A task as the protocol shows it. */
export type Task = TaskState & { taskId: string; createdAt: string; lastUpdatedAt: string; ttlMs: null };

/** Tasks of one caller. An id is good for the caller that it was made for, and unknown to every other. */
export interface Tasks {
  create(started: RunAnswer): CallToolResult;
  /** @throws ProtocolError for an id that is not one of this caller's */
  get(taskId: string, options: CallOptions): Promise<Task>;
  cancel(taskId: string, options: CallOptions): Promise<void>;
  update(taskId: string, answers: Row): Promise<void>;
}

/** Before the first look at a run. */
const firstPollMs = 2_000;
/** What is carried of the start's answer: ids travel in a header, and proxies cut those at 8 kB. */
const mostSubjectBytes = 3_000;

/** `signer`: the caller's. */
export function createTasks({ clock, signer, source }: { clock: Clock; signer: Signer; source: TaskSource }): Tasks {
  function idOf(subject: TaskSubject): string {
    const { run, createdAt } = subject;
    const whole = JSON.stringify(subject);
    const text = whole.length > mostSubjectBytes ? JSON.stringify({ run, createdAt }) : whole;
    return `${Buffer.from(text).toString('base64url')}.${signer.sign('task', text)}`;
  }

  function subjectOf(taskId: string): TaskSubject {
    const [body = '', signature = ''] = taskId.split('.', 2);
    const text = Buffer.from(body, 'base64url').toString();
    if (signer.verify('task', text, signature)) return JSON.parse(text) as TaskSubject;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Failed to retrieve task: Task not found');
  }

  // Nothing is kept, so what is seen now is the last that is known. A task lasts as long as its run does upstream.
  const shown = (taskId: string, { createdAt }: TaskSubject, state: TaskState): Task => ({
    taskId,
    ...state,
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(clock.now()).toISOString(),
    ttlMs: null,
  });

  return {
    create({ run, details, warnings }) {
      const subject = { run: run.uri, createdAt: clock.now(), details, warnings };
      const statusMessage = `Started ${run.uri}.`;
      const task = shown(idOf(subject), subject, {
        status: 'working',
        statusMessage,
        pollIntervalMs: firstPollMs,
      });
      // The SDK puts `content` into every answer of a call that lacks it.
      return { resultType: 'task', ...task, content: [] };
    },
    async get(taskId, options) {
      const subject = subjectOf(taskId);
      return shown(taskId, subject, await source.look(subject, options));
    },
    cancel: async (taskId, options) => source.cancel(subjectOf(taskId), options),
    async update(taskId, answers) {
      const subject = subjectOf(taskId);
      await source.update?.(subject, answers);
    },
  };
}

/** For a client that asks about tasks and does not say that it understands them. */
export function tasksNotDeclared(): MissingRequiredClientCapabilityError {
  const requiredCapabilities = { extensions: { [tasksExtension]: {} } };
  return new MissingRequiredClientCapabilityError({ requiredCapabilities }, 'Missing required client capability');
}
