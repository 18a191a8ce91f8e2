import { readFile } from 'node:fs/promises';
import type { Row } from '../base/json-value.ts';
import type { Chain } from '../operations/chain.ts';
import { diskFault, ifMissing } from '../results/disk.ts';
import type { ResultStore } from '../results/store/store.ts';
import { digestOf } from './digest.ts';
import type { StepRecord } from './references.ts';

/** How far a run of a chain is, on the disk. */
export interface ChainState {
  readonly key: string;
  /** Clock time, ms. */
  startedAt: number;
  steps: Map<string, StepRecord>;
  /** The step that is under way, and what it has started. */
  current?: { step: string; batch?: string; run?: string } | undefined;
  isOver: boolean;
  save(): Promise<void>;
}

const part = 'state';
/** What was left so long ago is not gone on with. */
const staleMs = 86_400_000;

/** The run of a chain with these parameters that was not finished; otherwise one that begins. `again`: always that. */
export async function openState(
  chain: Chain,
  parameters: Row,
  { results, now, again }: { results: ResultStore; now: number; again: boolean },
): Promise<ChainState> {
  const key = `chain ${digestOf([chain, parameters])}`;
  const workspace = await results.workspace(key);
  const text = await readFile(workspace.path(part), 'utf8').catch(ifMissing(undefined));
  const known = text === undefined || again ? undefined : (JSON.parse(text) as Kept);
  const isOpen = known !== undefined && !known.isOver && now - known.startedAt < staleMs;
  const state: ChainState = {
    key,
    startedAt: isOpen ? known.startedAt : now,
    steps: new Map(isOpen ? known.steps : []),
    current: isOpen ? known.current : undefined,
    isOver: false,
    async save() {
      const { startedAt, steps, current, isOver } = state;
      const kept: Kept = { startedAt, steps: [...steps], ...(current ? { current } : {}), isOver };
      async function* bytes() {
        yield Buffer.from(JSON.stringify(kept));
      }
      try {
        await workspace.write(part, bytes());
      } catch (error) {
        throw diskFault(error, workspace.directory);
      }
    },
  };
  return state;
}

interface Kept {
  startedAt: number;
  steps: [string, StepRecord][];
  current?: ChainState['current'];
  isOver: boolean;
}
