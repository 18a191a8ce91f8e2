import * as crypto from 'node:crypto';
import type { SimulatorDefinition } from '../../../sandbox/host.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';

const firingMs = 8_000;

interface Firing {
  id: string;
  furnace: string;
  endsAt: number;
}

export interface KilnState {
  firings: Firing[];
}

const furnaces = [
  { id: 'north', name: 'North furnace' },
  { id: 'south', name: 'South furnace' },
];

export const kilnSimulator: SimulatorDefinition<KilnState> = {
  platform: 'kiln',
  async create({ clock, origin }) {
    const state: KilnState = { firings: [] };
    const token = crypto.randomUUID();
    const settings = { base_url: `${origin('api')}/v1`, token };
    const refuse = (status: number, message: string): SimulatorReply => ({ status, json: { message } });
    const isHot = ({ endsAt }: Firing) => endsAt > clock.now();
    const shown = (one: Firing) => ({ id: one.id, state: isHot(one) ? 'heating' : 'done' });
    const isFree = (id: string) => !state.firings.some(one => one.furnace === id && isHot(one));
    const routes = {
      'GET /v1/furnaces': () => ({ status: 200, json: furnaces.map(one => ({ ...one, free: isFree(one.id) })) }),
      'GET /v1/firings/:firing': ({ params }: { params: Readonly<Record<string, string>> }) => {
        const firing = state.firings.find(({ id }) => id === params['firing']);
        return firing ? { status: 200, json: shown(firing) } : refuse(404, 'no such firing');
      },
      'POST /v1/furnaces/:furnace/firings': ({ params }: { params: Readonly<Record<string, string>> }) => {
        const furnace = furnaces.find(({ id }) => id === params['furnace']);
        if (!furnace) return refuse(404, 'no such furnace');
        if (!isFree(furnace.id)) return refuse(409, 'the furnace is hot');
        const firing = { id: `f${state.firings.length + 1}`, furnace: furnace.id, endsAt: clock.now() + firingMs };
        state.firings.push(firing);
        return { status: 201, json: shown(firing) };
      },
    };
    return {
      sites: {
        api: {
          routes,
          refuse,
          before: ({ headers }) =>
            headers.authorization === `Bearer ${token}` ? undefined : refuse(401, 'unknown token'),
        },
      },
      baseUrl: settings.base_url,
      settings,
      environment: { KILN_BASE_URL: settings.base_url, KILN_TOKEN: token },
      state,
    };
  },
};
