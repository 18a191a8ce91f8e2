import type { Chain } from '../../operations/chain.ts';

const delivered =
  'SELECT service, count(*) AS deployments, max(deployed_at) AS latest, ' +
  '(SELECT count(*) FROM incident_services i WHERE i.service = d.service) AS incidents ' +
  "FROM deployments d WHERE deployed_at > now() - interval '${days} days' GROUP BY service";

// Names of services are those of the catalogue, or its identifiers where nobody gave them one.
const ofTeam =
  'SELECT s.name AS service, d.deployments, d.latest, d.incidents ' +
  'FROM "${steps.services.result}" s LEFT JOIN "${steps.delivered.result}" d ' +
  'ON lower(d.service) IN (lower(s.name), lower(s.identifier)) ' +
  "WHERE CAST(s.owner_teams AS VARCHAR) LIKE '%${team}%' ORDER BY 1";

export const chains: readonly Chain[] = [
  {
    chain: 1,
    name: 'team-deployments-and-incidents',
    title: 'Deployments and incidents of a team',
    description: 'How often each service that a team owns was deployed, and how many incidents hit it.',
    parameters: {
      team: { description: 'Name of the team, as the catalogue has it' },
      days: { description: 'How far back', default: 90 },
    },
    steps: [
      { name: 'services', operation: 'dx_list_entities', arguments: { type: ['service'] } },
      { name: 'delivered', operation: 'dx_run_query', arguments: { sql: delivered } },
      { name: 'of_team', operation: 'query_result', arguments: { sql: ofTeam } },
    ],
  },
];
