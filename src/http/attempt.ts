import { EventEmitter } from 'node:events';

/**
 * Says when an attempt is over, because its time is or the call. In place of an AbortSignal: AbortSignal.any keeps its
 * sources' lists growing where one of them lives long, and undici takes an emitter too, which is listened to with less
 * than an event target asks for.
 */
export class AttemptSignal extends EventEmitter {
  aborted = false;
  reason: unknown;

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
}
