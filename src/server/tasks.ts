import type { Server, ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { lazy } from '../base/lazy.ts';
import { type Tasks, tasksExtension, tasksNotDeclared } from '../runs/tasks.ts';
import { callOptions, declaredCapabilities } from './call-options.ts';

const params = lazy(() => z.looseObject({ taskId: z.string() }));

/** Whether the client of a request understands a task as the answer. */
export function declaresTasks(context: ServerContext): boolean {
  return declaredCapabilities(context)?.extensions?.[tasksExtension] !== undefined;
}

/** Answers the methods of the tasks extension. The SDK knows none of them yet. */
export function serveTasks(server: Server, tasks: Tasks): void {
  server.registerCapabilities({ extensions: { [tasksExtension]: {} } });
  const on = (method: string, answer: (taskId: string, context: ServerContext) => Promise<object>) =>
    server.setRequestHandler(method, { params: params() }, async ({ taskId }, context) => {
      if (!declaresTasks(context)) throw tasksNotDeclared();
      return (await answer(taskId, context)) as Record<string, unknown>;
    });
  on('tasks/get', (taskId, context) => tasks.get(taskId, callOptions(context)));
  on('tasks/cancel', async (taskId, context) => {
    await tasks.cancel(taskId, callOptions(context));
    return {};
  });
  on('tasks/update', async (taskId, context) => {
    // The SDK has taken the answers out of the parameters.
    await tasks.update(taskId, { ...context.mcpReq.inputResponses });
    return {};
  });
}
