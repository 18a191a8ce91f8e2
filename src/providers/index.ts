import { datagrok } from './datagrok/provider.ts';
import { datamin } from './datamin/provider.ts';
import { dataops } from './dataops/provider.ts';
import { datarock } from './datarock/provider.ts';
import { dx } from './dx/provider.ts';
import type { Provider } from './provider.ts';

export const providers: readonly Provider[] = [datarock, dataops, datagrok, dx, datamin];
