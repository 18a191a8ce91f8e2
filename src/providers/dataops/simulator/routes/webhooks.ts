import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import { iso } from '../world.ts';

const root = '/projects/:id/hooks';

/** Webhooks, and what they delivered: who receives it answers by the path of the address, `/500` for example. */
export const webhookEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, call => paged(call, hooksOf(call), show)],
  [`GET ${root}/:hook`, call => show(find(call))],
  [`POST ${root}`, create],
  [`PUT ${root}/:hook`, call => show(change(call, find(call)))],
  [`DELETE ${root}/:hook`, remove],
  [`GET ${root}/:hook/events`, listEvents],
  [`POST ${root}/:hook/events/:event/resend`, resend],
  [`POST ${root}/:hook/test/:trigger`, test],
  ...['custom_headers', 'url_variables'].flatMap((kind): Endpoint[] => [
    [`PUT ${root}/:hook/${kind}/:key`, call => setKept(call, kind)],
    [`DELETE ${root}/:hook/${kind}/:key`, call => removeKept(call, kind)],
  ]),
];

const hooksOf = (call: Call): Fields[] => call.world.partsOf(call.project(40)).shelf.hooks;

function find(call: Call): Fields {
  const found = hooksOf(call).find(({ id }) => String(id) === call.path('hook'));
  if (!found) throw notFound();
  return found;
}

const keys = (kept: unknown): Fields[] => Object.keys(kept as Fields).map(key => ({ key }));

/** Without token, deliveries and the values of headers and variables. */
const show = ({ token: _, deliveries: __, custom_headers, url_variables, ...hook }: Fields): Fields => ({
  ...hook,
  custom_headers: keys(custom_headers),
  url_variables: keys(url_variables),
});

function change(call: Call, hook: Fields): Fields {
  const { page: _, per_page: __, custom_headers, url_variables, ...given } = call.fields;
  if (call.has('url') && !/^https?:\/\/[^/]/.test(call.text('url') ?? ''))
    throw refusal(422, { error: 'Invalid url given' });
  for (const name of call.takes) if (given[name] !== undefined) hook[name] = given[name];
  const byKey = (rows: unknown) =>
    Object.fromEntries((rows as Fields[]).map(({ key, value }) => [String(key), String(value)]));
  if (custom_headers) hook['custom_headers'] = byKey(custom_headers);
  if (url_variables) hook['url_variables'] = byKey(url_variables);
  return hook;
}

function create(call: Call) {
  const hook = change(call, newHook(call.world.nextId(), call.text('url') ?? '', call.world.now()));
  hook['project_id'] = call.project().id;
  hooksOf(call).push(hook);
  return reply(201, show(hook));
}

function remove(call: Call) {
  const hook = find(call);
  const all = hooksOf(call);
  all.splice(all.indexOf(hook), 1);
  return noContent;
}

const deliveriesOf = (hook: Fields): Fields[] => hook['deliveries'] as Fields[];

function listEvents(call: Call) {
  const wanted = call.list('status');
  const groups: Readonly<Record<string, RegExp>> = {
    successful: /^2/,
    client_failure: /^4/,
    server_failure: /^(5|int)/,
  };
  const fits = (status: string) => wanted.some(one => groups[one]?.test(status) ?? one === status);
  const found = deliveriesOf(find(call)).filter(
    ({ response_status }) => wanted.length === 0 || fits(String(response_status)),
  );
  return paged(call, [...found].reverse(), one => one);
}

/** At most five in a minute, of tests and of repeats alike. */
function limit(call: Call, hook: Fields): void {
  const sent = ((hook['triedAt'] as number[] | undefined) ?? []).filter(at => at > call.world.now() - 60_000);
  if (sent.length >= 5)
    throw refusal(429, { message: { error: 'This endpoint has been requested too many times. Try again later.' } });
  hook['triedAt'] = [...sent, call.world.now()];
}

function deliver(call: Call, hook: Fields, trigger: string): number {
  const made = delivery(call.world.nextId(), hook, trigger, call.world.now());
  deliveriesOf(hook).push(made);
  return Number(made['response_status']);
}

function resend(call: Call) {
  const hook = find(call);
  const event = deliveriesOf(hook).find(({ id }) => String(id) === call.path('event'));
  if (!event) throw notFound();
  limit(call, hook);
  return reply(201, { response_status: deliver(call, hook, String(event['trigger'])) });
}

function test(call: Call) {
  const hook = find(call);
  const trigger = call.path('trigger');
  if (!(trigger in hook)) throw refusal(400, { error: 'trigger does not have a valid value' });
  limit(call, hook);
  const status = deliver(call, hook, trigger.replace(/s?_events$/, '_hooks'));
  if (status >= 300) throw refusal(422, { message: `Hook execution failed: ${status}` });
  return reply(201, { message: '201 Created' });
}

function setKept(call: Call, kind: string) {
  if (!/^[\w-]{1,100}$/.test(call.path('key'))) throw invalid({ [kind]: ['is invalid'] });
  (find(call)[kind] as Fields)[call.path('key')] = call.text('value');
  return noContent;
}

function removeKept(call: Call, kind: string) {
  const kept = find(call)[kind] as Fields;
  if (!(call.path('key') in kept)) throw notFound();
  delete kept[call.path('key')];
  return noContent;
}

const switches =
  'push tag_push merge_requests issues confidential_issues note confidential_note job pipeline deployment releases ' +
  'milestone wiki_page feature_flag emoji resource_access_token';

/** A webhook as it is kept; it is told of pushes. */
export function newHook(id: number, url: string, createdAt: number): Fields {
  return {
    id,
    url,
    name: null,
    description: null,
    created_at: iso(createdAt),
    ...Object.fromEntries(switches.split(' ').map(name => [`${name}_events`, name === 'push'])),
    enable_ssl_verification: true,
    push_events_branch_filter: null,
    branch_filter_strategy: 'wildcard',
    alert_status: 'executable',
    disabled_until: null,
    token: null,
    custom_headers: {},
    url_variables: {},
    deliveries: [],
  };
}

/** What became of telling a webhook something. */
export function delivery(id: number, hook: Fields, trigger: string, at: number): Fields {
  const [, code = '200'] = /\/([45]\d\d)(?:[/?]|$)/.exec(String(hook['url'])) ?? [];
  return {
    id,
    url: hook['url'],
    trigger,
    request_headers: { 'Content-Type': 'application/json', 'X-Gitlab-Token': '[REDACTED]' },
    request_data: { object_kind: trigger.replace(/_hooks$/, ''), project_id: hook['project_id'] },
    response_headers: { 'content-type': 'text/plain' },
    response_body: code === '200' ? 'ok' : 'the laboratory is closed',
    execution_duration: 0.28,
    response_status: code,
    created_at: iso(at),
  };
}
