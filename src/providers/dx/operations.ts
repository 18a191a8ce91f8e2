import type { ProviderCode } from '../provider.ts';
import { account } from './account.ts';
import { customData } from './custom-data.ts';
import { deployments } from './deployments.ts';
import { events } from './events.ts';
import { probe } from './probe.ts';
import { queries, queryRun } from './queries.ts';

const operations = [...deployments, ...customData, ...queries, ...events, ...account];

export const dxCode: ProviderCode = { operations, runs: [queryRun], probe: context => probe(context, operations) };
