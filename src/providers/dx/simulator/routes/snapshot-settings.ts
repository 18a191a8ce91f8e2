import * as z from 'zod';
import { flag, list, map, text } from '../arguments.ts';
import { type Access, type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId } from '../paging.ts';
import { notFound, refusal } from '../refusal.ts';
import { type Csat, type Driver, fivePoints, type Selection } from '../things/surveys.ts';
import { pick, sent } from '../world.ts';

const access: Access = { scopes: ['snapshots:read', 'snapshots:admin'] };

const unfit = (message: string, field: string) =>
  refusal('validation_error', message, { status: 422, details: { message, field } });

function checkQuiet({ state }: Call): void {
  if (state.snapshotLive)
    throw refusal('snapshot_live', 'Settings cannot be changed while a snapshot is live', { status: 409 });
}

function selectionOf({ world }: Call, branch_id: string | undefined): { branch_id: string | null; chosen: Selection } {
  const { branchingEnabled, selections } = world.library;
  if (branchingEnabled !== (branch_id !== undefined))
    throw unfit(`branch_id is ${branchingEnabled ? 'needed' : 'not allowed'}`, 'branch_id');
  const chosen = selections.get(branch_id ?? 'all');
  if (!chosen) throw notFound('branch');
  return { branch_id: branch_id ?? null, chosen };
}

type Kind = 'driver' | 'workflow' | 'csat';
const nouns = { driver: 'drivers', workflow: 'workflows', csat: 'csat' } as const;

const setSelection = (kind: Kind): Endpoint => {
  const field = `${kind}_ids` as const;
  return endpoint(
    `POST snapshots.settings.${kind}Selection.set`,
    access,
    { [field]: list, branch_id: text.optional() } as { branch_id: z.ZodOptional<typeof text> },
    (call, args) => {
      checkQuiet(call);
      const ids = (args as Record<string, unknown>)[field] as string[];
      const { branch_id, chosen } = selectionOf(call, args.branch_id);
      const all: readonly { id: string }[] = call.world.library[nouns[kind]];
      const stranger = ids.find(id => !all.some(one => one.id === id));
      if (stranger !== undefined) throw unfit(`${stranger} is not known`, field);
      const lost = call.world.library.workflows.find(one => one.required && !ids.includes(one.id));
      if (kind === 'workflow' && lost) throw unfit(`${lost.name} is required`, field);
      chosen[field] = ids;
      return ok({ selection: { branch_id, [nouns[kind]]: shown(all, ids) } });
    },
  );
};

const shown = (all: readonly { id: string }[], ids: readonly string[]) =>
  all.filter(({ id }) => ids.includes(id)).map(one => pick(one, 'id', 'name', 'prompt'));

const driverShape = {
  name: text,
  prompt: text,
  ranking_item: text,
  target_role: z.enum(['dev', 'nondev', 'all']),
  translations: map.optional(),
};

const audience = z.looseObject({ type: z.enum(['configured', 'custom', 'active_users']) });
const csatShape = {
  name: text,
  prompt: text,
  audience_filters: audience,
  exclude_na_responders: flag.optional(),
  group_id: text.nullish(),
  translations: map.optional(),
};
const editDrivers: Endpoint[] = [
  endpoint('POST snapshots.settings.drivers.create', access, driverShape, (call, args) => {
    checkQuiet(call);
    const id = encodeId(call.world.nextId());
    const driver: Driver = { id, ...args, translations: args.translations ?? {}, options: fivePoints };
    call.world.library.drivers.push(driver);
    return ok({ driver });
  }),
  endpoint(
    'POST snapshots.settings.drivers.update',
    access,
    { driver_id: text, ...z.object(driverShape).partial().shape },
    (call, { driver_id, ...changes }) => {
      checkQuiet(call);
      const driver = call.world.library.drivers.find(({ id }) => id === driver_id);
      if (!driver) throw notFound('driver');
      return ok({ driver: Object.assign(driver, sent(changes)) });
    },
  ),
];

const editCsat: Endpoint[] = [
  endpoint('POST snapshots.settings.csatItems.create', access, csatShape, (call, args) => {
    checkQuiet(call);
    const { exclude_na_responders = false, group_id = null, translations = {}, ...rest } = args;
    checkGroup(call, group_id);
    const item: Csat = { id: encodeId(call.world.nextId()), ...rest, exclude_na_responders, group_id, translations };
    call.world.library.csat.push(item);
    return ok({ csat_item: item });
  }),
  endpoint(
    'POST snapshots.settings.csatItems.update',
    access,
    { csat_id: text, ...z.object(csatShape).partial().shape },
    (call, { csat_id, ...changes }) => {
      checkQuiet(call);
      const item = call.world.library.csat.find(({ id }) => id === csat_id);
      if (!item) throw notFound('CSAT item');
      checkGroup(call, changes.group_id ?? null);
      return ok({ csat_item: Object.assign(item, sent(changes)) });
    },
  ),
  endpoint(
    'POST snapshots.settings.csatOrder.set',
    access,
    { csat_ids: list.optional(), group_ids: list.optional() },
    (call, { csat_ids, group_ids }) => {
      checkQuiet(call);
      const { library } = call.world;
      if (!csat_ids && !group_ids) throw unfit('csat_ids or group_ids', 'csat_ids');
      if (csat_ids) library.csat = inOrder(library.csat, csat_ids, 'csat_ids');
      if (group_ids) library.csatGroups = inOrder(library.csatGroups, group_ids, 'group_ids');
      return ok({ csat_ids: library.csat.map(({ id }) => id), group_ids: library.csatGroups.map(({ id }) => id) });
    },
  ),
];

function checkGroup({ world }: Call, group_id: string | null): void {
  const isKnown = group_id === null || world.library.csatGroups.some(({ id }) => id === group_id);
  if (!isKnown) throw unfit(`${group_id} is not known`, 'group_id');
}

function inOrder<Item extends { id: string }>(all: readonly Item[], ids: readonly string[], field: string): Item[] {
  const ordered = ids.flatMap(wanted => all.find(({ id }) => id === wanted) ?? []);
  const isComplete = ordered.length === all.length && new Set(ids).size === all.length;
  if (!isComplete) throw unfit(`${field} must name every one once`, field);
  return ordered;
}

export const settingsEndpoints: readonly Endpoint[] = [
  endpoint('GET snapshots.settings.library', access, {}, ({ world }) => {
    const { drivers, workflows, csat } = world.library;
    return ok({ library: { drivers, workflows, csat } });
  }),
  endpoint('GET snapshots.settings.branches', access, {}, ({ world }) => {
    const { branchingEnabled, branches } = world.library;
    return ok({ branching_enabled: branchingEnabled, branches });
  }),
  endpoint('GET snapshots.settings.configuration', access, {}, ({ world }) => {
    const { selections, drivers, workflows, csat } = world.library;
    const configuration = [...selections].map(([branch, { driver_ids, workflow_ids, csat_ids }]) => ({
      branch_id: branch === 'all' ? null : branch,
      drivers: shown(drivers, driver_ids),
      workflows: shown(workflows, workflow_ids),
      csat: shown(csat, csat_ids),
    }));
    return ok({ configuration });
  }),
  ...editDrivers,
  ...(['driver', 'workflow', 'csat'] as const).map(setSelection),
  ...editCsat,
];
