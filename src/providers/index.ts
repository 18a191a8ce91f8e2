import { datagrok } from './datagrok/provider.ts';
import { datamin } from './datamin/provider.ts';
import { dataops } from './dataops/provider.ts';
import { datarock } from './datarock/provider.ts';
import { dx } from './dx/provider.ts';
import type { Provider } from './provider.ts';

const all = [datarock, dataops, datagrok, dx, datamin];

export const providers: readonly Provider[] = all;

/** Each with its own name and simulator, for tests. */
export type KnownProvider = (typeof all)[number];
