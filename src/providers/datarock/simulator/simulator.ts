import * as crypto from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { createSlidingWindow } from '../../../sandbox/frame/quota.ts';
import type { SimulatorContext, SimulatorDefinition } from '../../../sandbox/host.ts';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { drift } from './drift.ts';
import { describeExport, describeHole, readOrder, schedule } from './exports.ts';
import { artefacts, projects, type SeedProject } from './seed/seed.ts';
import { refusal } from './signature.ts';
import { type DatarockState, isAlive, type KeyPair, type Links, unixSeconds } from './state.ts';
import { createStorage } from './storage.ts';

const longestPage = 500;
const nullable = [
  'description',
  'product',
  'productCategory',
  'type',
  'exportType',
  'expiryDate',
  'linkExpiryTime',
  'runAt',
];

const generate = promisify(crypto.generateKeyPair);
const newKeyPair = (): Promise<KeyPair> =>
  generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
let sharedKeyPair: Promise<KeyPair> | undefined;

/** The key pair that every simulator of this process starts with, made on first use. */
export function sandboxKeyPair(): Promise<KeyPair> {
  sharedKeyPair ??= newKeyPair();
  return sharedKeyPair;
}

/** Datarock's Core API v3 as far as it is public; what is not is chosen here and marked in `contract.json`. */
export const datarockSimulator: SimulatorDefinition<DatarockState> = datarockSimulatorWith(sandboxKeyPair);

/** The same with a key of the caller's choice registered. */
export function datarockSimulatorWith(keys: () => Promise<KeyPair>): SimulatorDefinition<DatarockState> {
  return {
    platform: 'datarock',
    drift,
    origins: ['storage'],
    async create(context) {
      const keyPair = await keys();
      const state = newState(keyPair, context.clock.now());
      const { site: storage, links } = createStorage(context, state);
      const baseUrl = `${context.origin('api')}/v3`;
      const settings = { base_url: baseUrl, user: state.user, private_key: keyPair.privateKey };
      return {
        sites: { api: apiSite(context, state, links), storage },
        baseUrl,
        settings,
        environment: {
          DATAROCK_BASE_URL: settings.base_url,
          DATAROCK_USER: settings.user,
          DATAROCK_PRIVATE_KEY: settings.private_key,
        },
        state,
      };
    },
  };
}

const threeDays = 3 * 86_400;

function newState(keyPair: KeyPair, now: number): DatarockState {
  const user = 'geo@sandbox.example';
  const registeredKeys = new Map([[user, crypto.createPublicKey(keyPair.publicKey)]]);
  return {
    user,
    registeredKeys,
    async replaceKey(next) {
      const pair = next ?? (await newKeyPair());
      registeredKeys.set(user, crypto.createPublicKey(pair.publicKey));
      return pair;
    },
    iatWindow: { past: 300, ahead: 60 },
    permitted: true,
    unassigned: new Set(),
    quota: { general: 1000, exports: 300, perSeconds: 300, answer: 'retry-after' },
    failedHoles: new Set(),
    omitFailed: false,
    lateHoles: new Set(),
    brokenFiles: new Set(),
    missingColumns: new Map(),
    recentRun: unixSeconds(now) - threeDays,
    paceMs: 500,
    linkSeconds: 3600,
    exportSeconds: 7 * 86_400,
    listsExports: true,
    leaks: [],
    exports: new Map(),
  };
}

const headerOf = (headers: IncomingHttpHeaders, name: string): string => String(headers[name] ?? '');
const refuse = (status: number, message: string): SimulatorReply => ({ status, json: { status: 'Error', message } });

function apiSite({ clock, origin }: SimulatorContext, state: DatarockState, links: Links): Site {
  const now = (): number => clock.now();
  const overQuota = createQuota(now, state);

  function authenticate({ headers, target }: SimulatorRequest): SimulatorReply | undefined {
    const [user, token] = [headerOf(headers, 'x-api-user'), headerOf(headers, 'signature')];
    if (!user || !token) return refuse(401, 'Unauthorized: X-API-User and Signature are required');
    const key = state.registeredKeys.get(user);
    if (!key) return refuse(401, 'Unauthorized: no key is registered for this user');
    const url = origin('api') + target;
    const reason = refusal({ user, token, url, now: unixSeconds(now()), key, window: state.iatWindow });
    return reason === undefined ? undefined : refuse(401, `Unauthorized: ${reason}`);
  }

  const findProject = (uuid: unknown): SeedProject | undefined =>
    projects.find(project => project.uuid === uuid && !state.unassigned.has(project.uuid));

  function inProject(request: SimulatorRequest, read: (project: SeedProject) => unknown): SimulatorReply {
    const project = findProject(request.params['project']);
    return project ? { status: 200, json: read(project) } : refuse(404, 'Project not found');
  }

  function createExport(request: SimulatorRequest): SimulatorReply {
    if (!/^application\/json\b/i.test(headerOf(request.headers, 'content-type'))) {
      return refuse(415, 'Content-Type must be application/json');
    }
    const body = readOrder(request.json());
    if (typeof body === 'string') return refuse(400, body);
    const { artefact: key, version = '' } = request.params;
    const project = findProject(body.projectUuid);
    if (!project) return refuse(404, 'Project not found');
    const artefact = artefacts.find(one => one.key === key && project.artefacts.includes(one.key));
    if (!artefact) return refuse(404, 'Artefact not found in this project');
    if (!Object.hasOwn(artefact.versions, version)) return refuse(404, 'Version not found');
    const uuid = crypto.randomUUID();
    const holes = schedule(body, project, state, now());
    state.exports.set(uuid, { uuid, project, artefact, version, createdAt: now(), holes });
    return { status: 200, json: { status: 'Success', exportId: uuid } };
  }

  function readExport(request: SimulatorRequest): SimulatorReply {
    const job = state.exports.get(request.params['export'] ?? '');
    if (!job || !isAlive(job, now(), state)) return refuse(404, 'Export not found');
    // One moment for all of it: what is completed has a file.
    const at = now();
    const block = page(request.query, job.holes, hole => describeHole(job, hole, at, links, state));
    return block
      ? { status: 200, json: { ...describeExport(job, at, state), artefacts: block } }
      : refuse(400, 'limit and offset must be whole numbers');
  }

  function listExports(request: SimulatorRequest): SimulatorReply {
    if (!state.listsExports) return refuse(404, 'Not found');
    const alive = [...state.exports.values()].filter(job => isAlive(job, now(), state)).reverse();
    const json = page(request.query, alive, job => describeExport(job, now(), state));
    return json ? { status: 200, json } : refuse(400, 'limit and offset must be whole numbers');
  }

  return {
    refuse,
    nullable,
    before(request) {
      const permission = state.permitted ? undefined : refuse(403, 'This account has no permission to use the API');
      return authenticate(request) ?? overQuota(request) ?? permission;
    },
    routes: {
      'GET /v3/projects': () => ({
        status: 200,
        json: projects.filter(({ uuid }) => findProject(uuid)).map(({ uuid, name }) => ({ uuid, name })),
      }),
      'GET /v3/projects/:project/artefacts': request =>
        inProject(request, project => ({ artefacts: project.artefacts.map(describeArtefact) })),
      'GET /v3/projects/:project/holes': request =>
        inProject(request, project => project.holes.map(({ id }) => ({ id }))),
      'POST /v3/export/artefacts/:artefact/:version': createExport,
      'GET /v3/export/artefacts': listExports,
      'GET /v3/export/artefacts/:export': readExport,
    },
  };
}

/** One page of a listing; undefined when `limit` or `offset` is no whole number. */
function page<Item>(query: URLSearchParams, items: Item[], show: (item: Item) => unknown): object | undefined {
  const limit = Math.min(Number(query.get('limit') ?? longestPage), longestPage);
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isInteger(limit) || !Number.isInteger(offset) || limit < 1 || offset < 0) return undefined;
  const data = items.slice(offset, offset + limit).map(show);
  return { data, count: data.length, limit, offset, total: items.length };
}

// Counted per user, after authentication; calls below /export have a budget of their own.
function createQuota(now: () => number, { quota }: DatarockState) {
  const overBy = createSlidingWindow(now);
  return ({ path }: SimulatorRequest): SimulatorReply | undefined => {
    const budget = path.startsWith('/v3/export/') ? 'exports' : 'general';
    const wait = overBy(budget, { requests: quota[budget], perSeconds: quota.perSeconds });
    if (wait === undefined) return undefined;
    if (quota.answer === 'block') return { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Blocked' };
    return { ...refuse(429, 'Too many requests'), headers: { 'retry-after': String(wait) } };
  };
}

function describeArtefact(wanted: string) {
  const found = artefacts.find(({ key }) => key === wanted);
  if (!found) throw new Error(`the seed has no artefact ${wanted}`);
  const { key, name, description, product, productCategory, versions } = found;
  return {
    name,
    description,
    key,
    versions: Object.keys(versions).map(version => ({ version })),
    product: { name: product },
    productCategory: { name: productCategory },
  };
}
