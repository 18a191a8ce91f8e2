import { type FileHandle, open, readFile } from 'node:fs/promises';
import { formatJson, parseJson } from '../base/json.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import { diskFault, ifMissing } from '../results/disk.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { Workspace } from '../results/store/workspace.ts';
import type { Entry, FailedThing, Outcome, Plan, Tally } from './plan.ts';

/**
 * A batch on the disk: its plan, and a line for what came of each thing, put at the end as soon as it is known. So a
 * process that is killed loses what was under way and nothing else.
 */
export interface Journal {
  readonly plan: Plan;
  tally(): Tally;
  isKnown(key: string): boolean;
  /** Reads what other processes have added. */
  refresh(): Promise<void>;
  /** Whether a change for it has left, and nobody knows what came of it. */
  wasSent(key: string): boolean;
  /** The run that was started for it, and whose end nobody has seen. */
  startedRun(key: string): string | undefined;
  append(entry: Entry): Promise<void>;
  cancel(): Promise<void>;
  /** What came of the things, in the order of the plan. */
  outcomes(): AsyncGenerator<Outcome>;
  close(): Promise<void>;
}

const planPart = 'plan';
const outcomesPart = 'outcomes';
const cancelledPart = 'cancelled';
const pieceBytes = 1 << 20;

/** Where the line of a thing is. */
interface Line {
  start: number;
  bytes: number;
}

export async function createJournal(plan: Plan, results: ResultStore, signer: Signer): Promise<Journal> {
  const workspace = await results.workspace(plan.uri);
  const text = formatJson(plan);
  await workspace.write(planPart, textBytes(JSON.stringify({ plan: text, signature: signer.sign('batch', text) })));
  return openLines(plan, workspace);
}

/** Undefined where there is no such batch, or none of this caller's. */
export async function openJournal(uri: string, results: ResultStore, signer: Signer): Promise<Journal | undefined> {
  const workspace = await results.workspace(uri);
  const text = await readFile(workspace.path(planPart), 'utf8').catch(ifMissing(undefined));
  if (text === undefined) return undefined;
  const { plan, signature } = JSON.parse(text) as { plan: string; signature: string };
  // Whoever can write into the folder must not be able to make this server send something.
  if (!signer.verify('batch', plan, signature)) return undefined;
  const journal = openLines(parseJson(plan) as Plan, workspace);
  await journal.refresh();
  return journal;
}

async function* textBytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function openLines(plan: Plan, workspace: Workspace): Journal {
  const path = workspace.path(outcomesPart);
  const names = new Map(plan.things.map(({ key, name }) => [key, name]));
  const lines = new Map<string, Line>();
  const failed = new Map<string, FailedThing>();
  const unknown = new Map<string, FailedThing>();
  const sent = new Set<string>();
  const started = new Map<string, string>();
  let read = 0;
  let isCancelled = false;
  let writing: FileHandle | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  // The first line about a thing counts: whoever was taken over may have written another.
  function note(entry: Entry, line: Line): void {
    const { key, state } = entry;
    if (lines.has(key)) return;
    if (state === 'started') {
      started.set(key, entry.run);
      return;
    }
    if (state === 'sent' || state === 'unsent') {
      if (state === 'sent') sent.add(key);
      else sent.delete(key);
      return;
    }
    lines.set(key, line);
    if (state === 'done') return;
    const { code, message } = entry as Extract<Entry, { code: string }>;
    (state === 'failed' ? failed : unknown).set(key, { key, name: names.get(key) ?? key, code, message });
  }

  async function readNew(): Promise<void> {
    isCancelled ||= await workspace.has(cancelledPart);
    const file = await open(path).catch(ifMissing(undefined));
    if (!file) return;
    try {
      let pending = Buffer.alloc(0);
      for (;;) {
        const piece = Buffer.alloc(pieceBytes);
        const { bytesRead } = await file.read(piece, 0, pieceBytes, read + pending.length);
        if (bytesRead === 0) return;
        pending = takeLines(Buffer.concat([pending, piece.subarray(0, bytesRead)]));
      }
    } finally {
      await file.close();
    }
  }

  /** Notes every whole line; gives what is left. */
  function takeLines(bytes: Buffer): Buffer<ArrayBuffer> {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const outcome = parseLine(bytes.toString('utf8', start, end));
      if (outcome) note(outcome, { start: read + start, bytes: end - start });
      start = end + 1;
    }
    read += start;
    return Buffer.from(bytes.subarray(start));
  }

  async function write(entry: Entry): Promise<void> {
    if (!writing) {
      writing = await open(path, 'a', 0o600);
      await readNew();
      // What a killed process has left without its end is no line.
      if ((await writing.stat()).size > read) await writing.writeFile('\n');
    }
    await writing.writeFile(`${formatJson(entry)}\n`);
    // Read back: whoever was taken over may have written a last line in between.
    await readNew();
  }

  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(act).catch(error => {
      throw diskFault(error, workspace.directory);
    });
    turn = done.catch(() => {});
    return done;
  };

  return {
    plan,
    tally: () => ({
      done: lines.size,
      total: plan.things.length,
      isCancelled,
      failed: [...failed.values()],
      unknown: [...unknown.values()],
    }),
    isKnown: key => lines.has(key),
    wasSent: key => sent.has(key),
    startedRun: key => started.get(key),
    refresh: () => inTurn(readNew),
    append: entry => inTurn(() => write(entry)),
    async cancel() {
      isCancelled = true;
      await workspace.write(cancelledPart as string, textBytes('cancelled'));
    },
    async *outcomes() {
      if (lines.size === 0) return;
      const file = await open(path);
      try {
        for (const { key } of plan.things) {
          const line = lines.get(key);
          if (!line) continue;
          const bytes = Buffer.alloc(line.bytes);
          await file.read(bytes, 0, line.bytes, line.start);
          yield parseJson(bytes.toString('utf8')) as Outcome;
        }
      } finally {
        await file.close();
      }
    },
    close: () =>
      inTurn(async () => {
        await writing?.close();
        writing = undefined;
      }),
  };
}

function parseLine(text: string): Entry | undefined {
  try {
    const parsed = parseJson(text) as Row;
    return typeof parsed['key'] === 'string' ? (parsed as unknown as Entry) : undefined;
  } catch {
    return undefined;
  }
}
