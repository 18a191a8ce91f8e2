import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { isRow, type Row } from '../../../base/json-value.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { done, drillAssays, flag, id, text } from '../arguments.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const hooks = '/projects/{project}/hooks';

/** What a webhook can be told of; each is a switch `<name>_events` on the wire. */
const events = [
  'push',
  'tag_push',
  'merge_requests',
  'issues',
  'confidential_issues',
  'note',
  'confidential_note',
  'job',
  'pipeline',
  'deployment',
  'releases',
  'milestone',
  'wiki_page',
  'feature_flag',
  'emoji',
  'resource_access_token',
] as const;

type Event = (typeof events)[number];

const hookRow = z.looseObject({ id: z.number(), url: z.string(), events: z.array(z.string()).optional() });

/** An address without who may use it: secrets of webhooks stand before the host and in the query. */
const withoutKeys = (url: string) => url.replace(/\/\/[^/@]*@/, '//').replace(/=[^&#]+/g, '=[hidden]');

/** A webhook as people read it: what it is told of as one list, and no secret. */
function readable(body: unknown): Row {
  const row: Row = isRow(body) ? body : {};
  const { token: _, url, ...rest } = row;
  const others = Object.entries(rest).filter(([name]) => !name.endsWith('_events'));
  return {
    ...Object.fromEntries(others),
    ...(typeof url === 'string' && { url: withoutKeys(url) }),
    events: events.filter(name => row[`${name}_events`] === true),
  };
}

const hook = z
  .string()
  .min(1)
  .describe('Webhook: number, address or name')
  .meta({
    reference: reference({ list: () => listWebhooks, key: 'id', label: 'url', also: ['name'], keyForm: /^\d+$/ }),
  });
const one = { project, webhook: hook };
const example = { ...drillAssays, webhook: '1' };

const settable = {
  url: z.string().min(1).describe('Where it delivers'),
  name: text('Name'),
  description: text('Description'),
  events: z.array(z.enum(events)).min(1).optional().describe('What it is told of (push)').meta({ in: 'local' }),
  secret_token: text('Sent along, so that the receiver knows the sender').meta({ wire: 'token', secret: true }),
  enable_ssl_verification: flag('Check the certificate (true)'),
  push_events_branch_filter: text('Pushes to these branches only, with wildcards'),
};

interface Settings extends Row {
  events?: readonly Event[] | undefined;
  secret_token?: string | undefined;
}

/** Every switch is sent where one is, so that what is not named is off. */
async function save(self: Operation, args: Settings, context: OperationContext): Promise<z.input<typeof hookRow>> {
  const { project: _, webhook: __, events: wanted, secret_token: token, ...fields } = args;
  const switches = wanted && Object.fromEntries(events.map(name => [`${name}_events`, wanted.includes(name)]));
  const { body } = await context.request(self, args, { json: { ...fields, ...switches, token } });
  return readable(body) as z.input<typeof hookRow>;
}

export const listWebhooks = operation({
  name: 'dataops_list_webhooks',
  route: `GET ${hooks}`,
  risk: 'reads',
  summary: 'List the webhooks of a project: where they deliver and what they are told of. Secrets are hidden.',
  words: 'webhook hooks integrations, who is told of pushes and pipelines',
  input: z.strictObject({ project }),
  output: hookRow,
  paging: pages({ show: readable }),
  resource: { uri: 'dataops://projects/{project}/webhooks', title: 'Webhooks of a DataOps.live project' },
  example: { arguments: drillAssays },
});

export const getWebhook = operation({
  name: 'dataops_get_webhook',
  route: `GET ${hooks}/{webhook}`,
  risk: 'reads',
  summary: 'Show a webhook and whether it was turned off because deliveries failed (alert_status). Secrets are hidden.',
  words: 'is the webhook disabled',
  input: z.strictObject(one),
  output: hookRow,
  repair: readable,
  example: { arguments: example },
});

export const createWebhook: Operation = operation({
  name: 'dataops_create_webhook',
  route: `POST ${hooks}`,
  risk: 'adds',
  summary: 'Add a webhook: the platform calls an address when something happens in a project.',
  words: 'add hook notify another system, call a url on push or when a pipeline ends',
  verifyWith: 'dataops_list_webhooks shows whether it was added.',
  input: z.strictObject({ project, ...settable }),
  output: hookRow,
  example: { arguments: { ...drillAssays, url: 'https://hooks.meridian.example/lab', events: ['pipeline'] } },
  send: (args, context) => save(createWebhook, args, context),
});

function hookTold(thing: Row) {
  const { url, events: now, alert_status } = readable(thing);
  return {
    name: textOf(url),
    says: [
      `It is told of ${(now as string[]).join(', ') || 'nothing'}.`,
      alert_status === 'disabled' && 'It is turned off, because deliveries failed.',
      'Its secret token cannot be read back.',
    ],
    version: [url, now],
  };
}

const told = lookAt('webhook', () => getWebhook, hookTold);

export const updateWebhook: Operation = operation({
  name: 'dataops_update_webhook',
  route: `PUT ${hooks}/{webhook}`,
  risk: 'replaces',
  question: 'Change the webhook {webhook} of {project}?',
  describeLoss: told,
  summary: 'Replace where a webhook delivers, its secret, or what it is told of: give all events that it is to have.',
  words: 'edit hook, change the url or secret, turn events on or off',
  input: z.strictObject({ ...one, ...settable, url: settable.url.describe('Where it delivers; as it is, to keep it') }),
  output: hookRow,
  example: { arguments: { ...example, url: 'https://hooks.meridian.example/lab', events: ['pipeline', 'job'] } },
  send: (args, context) => save(updateWebhook, args, context),
});

export const deleteWebhook = operation({
  name: 'dataops_delete_webhook',
  route: `DELETE ${hooks}/{webhook}`,
  risk: 'deletes',
  question: 'Delete the webhook {webhook} of {project}? What listens there is told nothing more.',
  describeLoss: told,
  summary: 'Delete a webhook.',
  words: 'remove hook, stop notifying calling a url on every push',
  input: z.strictObject(one),
  ...done,
  example: { arguments: example },
});

const delivery = z.looseObject({
  id: z.number(),
  trigger: z.string().nullish(),
  response_status: z.string().nullish(),
});

/** A delivery without what was sent, which is as long as what it tells of, and without headers, which are credentials. */
function shown({ request_headers: _, response_headers: __, request_data: sent, url, ...row }: Row): Row {
  const kind = isRow(sent) ? (sent['object_kind'] ?? sent['event_name']) : undefined;
  return { ...row, ...(kind !== undefined && { kind }), ...(typeof url === 'string' && { url: withoutKeys(url) }) };
}

export const listWebhookEvents = operation({
  name: 'dataops_list_webhook_events',
  route: `GET ${hooks}/{webhook}/events`,
  risk: 'reads',
  summary: 'List the deliveries of a webhook of the last week with the answers that they got, newest first.',
  words: 'why did the webhook fail, does not arrive, failed deliveries, response of the receiver',
  input: z.strictObject({
    ...one,
    status: z.enum(['successful', 'client_failure', 'server_failure']).optional().describe('Answered so'),
  }),
  output: delivery,
  paging: pages({ show: shown }),
  example: { arguments: { ...example, status: 'server_failure' } },
});

export const resendWebhookEvent = operation({
  name: 'dataops_resend_webhook_event',
  route: `POST ${hooks}/{webhook}/events/{event}/resend`,
  risk: 'starts',
  summary: 'Deliver an event of a webhook again. At most five in a minute.',
  words: 'redeliver retry send a failed webhook delivery again',
  input: z.strictObject({ ...one, event: id('Number of the delivery', 'hook_logs', 'dataops_list_webhook_events') }),
  output: z.looseObject({ response_status: z.number().nullish() }),
  example: { arguments: { ...example, event: '2' } },
});

export const testWebhook = operation({
  name: 'dataops_test_webhook',
  route: `POST ${hooks}/{webhook}/test/{trigger}`,
  risk: 'starts',
  summary: 'Deliver a sample to a webhook, and show what was answered. At most five in a minute.',
  words: 'try send a test event, does the webhook work',
  input: z.strictObject({
    ...one,
    trigger: z
      .enum(events.map(name => `${name}_events`) as [`${Event}_events`, ...`${Event}_events`[]])
      .describe('What the sample tells of'),
  }),
  output: z.looseObject({ message: z.string().nullish() }),
  example: { arguments: { ...example, trigger: 'push_events' } },
});

/** What a webhook keeps by name, and never shows again: headers that it sends, and parts of its address. */
function keptValue(part: { noun: string; path: string; what: string; key: string }) {
  const named = { ...one, key: z.string().min(1).describe('Name') };
  const sample = { ...example, key: part.key };
  return {
    set: operation({
      name: `dataops_set_webhook_${part.noun}`,
      route: `PUT ${hooks}/{webhook}/${part.path}/{key}`,
      risk: 'replaces',
      question: `Set ${part.what} {key} of the webhook {webhook} of {project}? The value that it may have is lost.`,
      describeLoss: told,
      summary: `Set ${part.what} of a webhook. Its value is a secret: it is never shown.`,
      input: z.strictObject({ ...named, value: z.string().min(1).describe('Value').meta({ secret: true }) }),
      ...done,
      readsBack: () => ({ reading: getWebhook }),
      example: { arguments: { ...sample, value: 'of-the-laboratory' } },
    }),
    remove: operation({
      name: `dataops_delete_webhook_${part.noun}`,
      route: `DELETE ${hooks}/{webhook}/${part.path}/{key}`,
      risk: 'deletes',
      question: `Take ${part.what} {key} from the webhook {webhook} of {project}? Its value cannot be read back.`,
      describeLoss: lookAt(
        'webhook',
        () => getWebhook,
        (thing, { key }) => {
          const kept = thing[part.path];
          if (Array.isArray(kept) && kept.some(row => rowOf(row)['key'] === key)) return hookTold(thing);
          throw new Fault({
            code: 'not_found',
            message: `The webhook has no such name: ${String(key)}.`,
            hint: 'dataops_get_webhook shows those that it has.',
          });
        },
      ),
      summary: `Take ${part.what} from a webhook.`,
      input: z.strictObject(named),
      ...done,
      example: { arguments: sample },
    }),
  };
}

export const { set: setWebhookHeader, remove: deleteWebhookHeader } = keptValue({
  noun: 'header',
  path: 'custom_headers',
  what: 'the header',
  key: 'X-Lab-Key',
});

export const { set: setWebhookVariable, remove: deleteWebhookVariable } = keptValue({
  noun: 'url_variable',
  path: 'url_variables',
  what: 'the variable of the address',
  key: 'room',
});
