import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lacks, someOf } from '../../../operations/lack.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { ids, inUri, payload, text } from '../arguments.ts';
import { allRows, cursorPages } from '../paging.ts';
import { web } from '../web.ts';

export const teamName = reference({ list: () => listTeams, key: 'id', label: 'name' });

const team = z.looseObject({
  id: z.string(),
  name: z.string(),
  parent_id: z.string().nullish(),
  reference_id: z.string().nullish(),
});

export const listTeams = operation({
  ...web('snapshots:read'),
  name: 'dx_list_teams',
  route: 'GET /teams.list',
  risk: 'reads',
  summary: 'List all DX teams as they are now, with parent, manager and number of contributors.',
  words: 'all teams, which teams, squads',
  input: z.strictObject({}),
  output: team,
  paging: allRows('teams'),
  resource: { uri: 'dx://teams', title: 'DX teams' },
  example: { arguments: {} },
});

export const getTeam = operation({
  ...web('snapshots:read'),
  name: 'dx_get_team',
  route: 'GET /teams.info',
  risk: 'reads',
  summary: 'Show a team with its lead and the people in it (contributors). Give team_id or reference_id.',
  words: 'who is in a team, people members',
  input: z.strictObject({
    team_id: z
      .string()
      .min(1)
      .optional()
      .describe('Team: id or name')
      .meta({ reference: teamName, fromUri: inUri('teams') }),
    reference_id: text('Your own id of the team, instead'),
  }),
  describeLack: lacks(someOf('say which team', 'team_id', 'reference_id')),
  output: team,
  repair: payload('team'),
  resource: { uri: 'dx://teams/{team_id}', title: 'A DX team' },
  example: { arguments: { team_id: 'Platform' } },
});

export const findTeam = operation({
  ...web('snapshots:read'),
  name: 'dx_find_team_by_members',
  route: 'GET /teams.findByMembers',
  risk: 'reads',
  summary: 'Find the team that people belong to, by their email addresses.',
  words: 'team of email addresses',
  input: z.strictObject({ team_emails: ids('Email addresses of members').min(1) }),
  output: team,
  repair: payload('team'),
  example: { arguments: { team_emails: ['bashir.tanaka@kestrel.example'] } },
});

/** Seconds since 1970 tell people nothing. */
const event = ({ created, ...rest }: Row): Row => ({
  created: typeof created === 'number' ? new Date(created * 1000).toISOString() : created,
  ...rest,
});

export const listTeamEvents = operation({
  ...web('snapshots:read'),
  name: 'dx_list_team_events',
  route: 'GET /teams.auditTrail',
  risk: 'reads',
  summary: 'List who changed which team and when: the audit trail of teams.',
  words: 'audit log, who renamed moved a team',
  input: z.strictObject({}),
  output: z.looseObject({
    created: z.string().nullish(),
    actor: z.unknown(),
    team: z.unknown(),
    action: z.string().nullish(),
  }),
  paging: cursorPages('events', { most: null, show: event }),
  resource: { uri: 'dx://team-events', title: 'Audit trail of DX teams' },
  example: { arguments: {} },
});
