import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { day, payload, required, text } from '../arguments.ts';
import { allRows, numberedPages } from '../paging.ts';
import { mapped, web } from '../web.ts';

const user = z.looseObject({ id: z.string(), email: z.string().nullish(), name: z.string().nullish() });

/** Attributes as a map: `{Location: 'Lisbon'}`. */
const brief = ({ attributes, ...rest }: Row): Row => ({ ...rest, attributes: mapped(attributes, 'name', 'value') });

export const listUsers = operation({
  ...web('users:read'),
  name: 'dx_list_users',
  route: 'GET /users.list',
  risk: 'reads',
  summary: 'List the people in DX, with their attributes, roles and user names on GitHub and GitLab.',
  words: 'developers employees people, email',
  input: z.strictObject({}),
  output: user,
  paging: numberedPages('users', { perPageParam: 'page_size', total: 'total', most: 100, show: brief }),
  resource: { uri: 'dx://users', title: 'DX users' },
  example: { arguments: {} },
});

/** A person by e-mail address, which is the key of most methods, by name or by user name elsewhere. */
export const personByEmail = reference({
  list: () => listUsers,
  key: 'email',
  label: 'name',
  also: ['github_username', 'gitlab_username', 'id'],
  keyForm: /@/,
});
/** The same where the id is the key. */
export const personById = reference({
  list: () => listUsers,
  key: 'id',
  label: 'name',
  also: ['email', 'github_username', 'gitlab_username'],
});

const email = required('Person: email address, name or user name').meta({ reference: personByEmail });

export const findUser = operation({
  ...web('snapshots:read'),
  name: 'dx_find_user_by_github_username',
  route: 'GET /users.findByGithubUsername',
  risk: 'reads',
  summary: 'Find a person by GitHub user name.',
  words: 'who is this login',
  input: z.strictObject({ github_username: required('User name on GitHub') }),
  output: user,
  repair: payload('user'),
  example: { arguments: { github_username: 'ingrid-solberg' } },
});

export const updateUser = operation({
  ...web('users:write'),
  name: 'dx_update_user',
  route: 'POST /users.update',
  risk: 'edits',
  summary: 'Change a person: user names on GitHub and GitLab, start date, dates of AI tool adoption.',
  words: 'employee profile',
  input: z.strictObject({
    email,
    start_date: day('First day at work', 'start_date').optional(),
    github_username: text('User name on GitHub'),
    additional_github_username: text('Another one on GitHub'),
    gitlab_username: text('User name on GitLab'),
    ai_light_adoption_date: day('First day of light use of AI tools', 'ai_light_adoption_date').optional(),
    ai_moderate_adoption_date: day('First day of moderate use', 'ai_moderate_adoption_date').optional(),
    ai_heavy_adoption_date: day('First day of heavy use', 'ai_heavy_adoption_date').optional(),
  }),
  output: user.partial({ id: true }),
  repair: payload('user'),
  example: { arguments: { email: 'bashir.tanaka@kestrel.example', start_date: '2024-03-01' } },
});

const withoutEmpty = ({ name, value }: { name: string; value: string | null }) => ({ name, value: value || null });

export const setAttributes = operation({
  ...web('users:write'),
  name: 'dx_set_user_attributes',
  route: 'POST /users.attributes.update',
  risk: 'edits',
  summary:
    'Set or remove attributes of a person, such as location or level. A new attribute group is made by naming it.',
  words: 'tag label a person, role location',
  input: z.strictObject({
    email,
    attributes: z
      .array(z.strictObject({ name: z.string(), value: z.string().nullable() }))
      .min(1)
      .describe('Attribute group by name, and its value; an empty one removes it')
      .meta({ encode: (given: { name: string; value: string | null }[]) => given.map(withoutEmpty) }),
  }),
  output: z.looseObject({
    email: z.string().nullish(),
    attributes: z.array(z.looseObject({ name: z.string(), updated: z.boolean().nullish() })).nullish(),
    failures: z.array(z.unknown()).nullish().describe('Attributes that were not set, and why'),
  }),
  repair: payload('user'),
  example: {
    arguments: { email: 'bashir.tanaka@kestrel.example', attributes: [{ name: 'Location', value: 'Lisbon' }] },
  },
});

export const attributeGroupName = reference({ list: () => listAttributeGroups, key: 'id', label: 'name' });

export const listAttributeGroups = operation({
  ...web('snapshots:read'),
  name: 'dx_list_attribute_groups',
  route: 'GET /attributeGroups.list',
  risk: 'reads',
  summary:
    'List the attributes that people have (location, level, tenure ...) by group, with the ids that filters take.',
  words: 'user attributes',
  input: z.strictObject({}),
  output: z.looseObject({
    id: z.string(),
    name: z.string(),
    attributes: z.array(z.looseObject({ id: z.string(), name: z.string() })).nullish(),
  }),
  paging: allRows('attribute_groups'),
  resource: { uri: 'dx://attribute-groups', title: 'DX attribute groups' },
  example: { arguments: {} },
});
