import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { whole } from '../../../http/paging/whole.ts';
import { lookAt, lookForReplaced } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { filter, flag, text } from '../arguments.ts';
import { brief } from '../rows.ts';

const userRow = z.looseObject({ id: z.string(), login: z.string(), status: z.string().nullish() });

/** One client writes `Blocked`, another `blocked`. */
const tidy = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null) return body;
  const { status } = body as Row;
  return typeof status === 'string' ? { ...body, status: status.toLowerCase() } : body;
};

export const listUsers: Operation = operation({
  name: 'datagrok_list_users',
  route: 'GET /public/v1/users',
  risk: 'reads',
  summary: 'List users with login and status. Undocumented.',
  words: 'accounts people',
  input: z.strictObject({
    text: filter,
    with_group: flag('With the personal group of each').meta({
      wire: 'include',
      encode: (wanted: boolean) => (wanted ? 'group' : undefined),
    }),
  }),
  output: userRow,
  paging: whole({ items: body => (Array.isArray(body) ? body.map(one => brief(tidy(one))) : body) }),
  resource: { uri: 'datagrok://users', title: 'Users of Datagrok' },
  example: { arguments: { text: 'mara' } },
});

/** A person by login, name or e-mail address: the listing is read whole, as its search looks at names alone. */
export const anyUser = reference({ list: () => listUsers, key: 'login', label: 'friendlyName', also: ['email'] });

/** Logins keep their periods, and are no Grok names. */
const user = z
  .string()
  .min(1)
  .describe('User: UUID, login, name or e-mail address')
  .meta({
    reference: reference({ ...anyUser, search: 'text', keyForm: /./s }),
  });

export const getUser: Operation = operation({
  name: 'datagrok_get_user',
  route: 'GET /public/v1/users/{user}',
  risk: 'reads',
  summary: 'Show a user. Undocumented.',
  words: 'account',
  input: z.strictObject({ user }),
  output: userRow,
  repair: tidy,
  example: { arguments: { user: 'tomas.lindqvist' } },
});

export const getCurrentUser = operation({
  name: 'datagrok_get_current_user',
  route: 'GET /public/v1/users/current',
  risk: 'reads',
  summary: 'Show whose API key this connection uses. Undocumented.',
  words: 'who am I, whose account',
  input: z.strictObject({}),
  output: userRow,
  repair: tidy,
  resource: { uri: 'datagrok://users/current', title: 'Who this connection is on Datagrok' },
  example: { arguments: {} },
});

export const saveUser = operation({
  name: 'datagrok_save_user',
  route: 'POST /public/v1/users',
  risk: 'replaces',
  question: 'Change the user {login}?',
  describeLoss: lookForReplaced(
    () => getUser,
    'user',
    ({ login }) => String(login),
    ({ firstName, lastName, status, updatedOn }) => ({
      says: [`There is ${String(firstName)} ${String(lastName)} (${String(status)}) already, who would be changed.`],
      version: updatedOn,
    }),
  ),
  summary: 'Create or change a user; for administrators. Undocumented.',
  words: 'new account',
  verifyWith: 'datagrok_get_user shows whether it was saved.',
  input: z.strictObject({
    id: z.uuid().optional().describe('Of the one to change; absent: a new one'),
    type: z.literal('User').default('User').describe('Always User').meta({ wire: '#type' }),
    login: z.string().min(1).describe('Login'),
    first_name: z.string().min(1).describe('First name').meta({ wire: 'firstName' }),
    last_name: z.string().min(1).describe('Last name').meta({ wire: 'lastName' }),
    email: text('E-mail address'),
    status: z.enum(['new', 'active', 'guest']).default('active').describe('Status; see block and unblock'),
  }),
  output: userRow,
  repair: tidy,
  example: { arguments: { login: 'nils.holm', first_name: 'Nils', last_name: 'Holm' } },
});

const lookAtUser = lookAt(
  'user',
  () => getUser,
  ({ firstName, lastName, login, status }) => ({
    name: `${String(firstName)} ${String(lastName)} (${String(login)})`,
    says: [`The status is ${String(status)} now.`],
    version: status,
  }),
);

/** The routes want the whole user, not a name. */
async function wholeUser(wanted: string, context: OperationContext): Promise<Row> {
  return ((await context.request(getUser, { user: wanted })).body ?? {}) as Row;
}

const sentWhole = {
  input: z.strictObject({ user: user.meta({ in: 'local' }) }),
  output: userRow,
  example: { arguments: { user: 'lena.novak' } },
} as const;

const send =
  (how: () => Operation) =>
  async (args: { user: string }, context: OperationContext): Promise<z.input<typeof userRow>> => {
    const { body } = await context.request(how(), args, { json: await wholeUser(args.user, context) });
    return tidy(body) as z.input<typeof userRow>;
  };

export const blockUser: Operation = operation({
  ...sentWhole,
  name: 'datagrok_block_user',
  route: 'POST /public/v1/users/block',
  risk: 'interrupts',
  question: 'Block the user {user}, who then cannot log in?',
  describeLoss: lookAtUser,
  summary: 'Block a user and end their sessions; users cannot be deleted. Undocumented.',
  words: "lock out disable deactivate suspend an account, remove somebody's access",
  verifyWith: 'datagrok_get_user shows the status.',
  send: send(() => blockUser),
});

export const unblockUser: Operation = operation({
  ...sentWhole,
  name: 'datagrok_unblock_user',
  route: 'POST /public/v1/users/unblock',
  risk: 'exposes',
  question: 'Let the user {user} log in again?',
  describeLoss: lookAtUser,
  summary: 'Let a blocked user in again. Undocumented.',
  words: 'unlock let in enable reactivate an account',
  verifyWith: 'datagrok_get_user shows the status.',
  send: send(() => unblockUser),
});
