import { toolset } from '../../../operations/operation.ts';
import type { ProviderCode } from '../../provider.ts';
import { chains } from '../chains.ts';
import * as account from './account.ts';
import * as aiTools from './ai-tools.ts';
import * as customData from './custom-data.ts';
import * as customValue from './custom-value.ts';
import * as deployments from './deployments.ts';
import * as entities from './entities.ts';
import * as entityTypes from './entity-types.ts';
import * as events from './events.ts';
import * as incidentRecord from './incident-record.ts';
import * as incidents from './incidents.ts';
import * as initiatives from './initiatives.ts';
import * as metrics from './metrics.ts';
import * as orgFiles from './org-files.ts';
import * as platformx from './platformx.ts';
import { probe } from './probe.ts';
import * as queries from './queries.ts';
import * as relations from './relations.ts';
import * as repoGroups from './repo-groups.ts';
import * as reports from './reports.ts';
import * as runQuery from './run-query.ts';
import * as scorecards from './scorecards.ts';
import * as scores from './scores.ts';
import * as services from './services.ts';
import * as snapshots from './snapshots.ts';
import * as surveySettings from './survey-settings.ts';
import * as tables from './tables.ts';
import * as teamHierarchy from './team-hierarchy.ts';
import * as teams from './teams.ts';
import * as userGroups from './user-groups.ts';
import * as users from './users.ts';
import * as workflows from './workflows.ts';

export const dxCode: ProviderCode = {
  toolsets: [
    toolset('core', deployments, incidents, customValue, runQuery, tables),
    toolset('custom-data', customData),
    toolset('metrics', metrics),
    toolset('ai-tools', aiTools),
    toolset('repo-groups', repoGroups),
    toolset('services', services),
    toolset('queries', queries, incidentRecord),
    toolset('reports', reports),
    toolset('events', events, platformx),
    toolset('account', account),
    toolset('snapshots', snapshots, scores, surveySettings),
    toolset('teams', teams),
    toolset('users', users, userGroups),
    toolset('org-files', orgFiles, teamHierarchy),
    toolset('catalog', entities, entityTypes, relations),
    toolset('scorecards', scorecards),
    toolset('initiatives', initiatives),
    toolset('workflows', workflows),
  ],
  nouns: {
    entity: 'service, microservice',
    entities: 'services, microservices',
    snapshot: 'survey',
    incident: 'outage',
    tables: 'schema',
  },
  runs: [queries.queryRun, workflows.workflowRun],
  chains,
  probe,
};
