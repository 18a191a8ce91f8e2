import type { ProviderCode } from '../../provider.ts';
import { account } from './account.ts';
import { aiTools } from './ai-tools.ts';
import { customData } from './custom-data.ts';
import { deployments } from './deployments.ts';
import { entities } from './entities.ts';
import { entityTypes } from './entity-types.ts';
import { events } from './events.ts';
import { incidents } from './incidents.ts';
import { initiatives } from './initiatives.ts';
import { metrics } from './metrics.ts';
import { orgFiles } from './org-files.ts';
import { platformx } from './platformx.ts';
import { probe } from './probe.ts';
import { queries, queryRun } from './queries.ts';
import { relations } from './relations.ts';
import { repoGroups } from './repo-groups.ts';
import { reports } from './reports.ts';
import { scorecards } from './scorecards.ts';
import { scores } from './scores.ts';
import { services } from './services.ts';
import { snapshots } from './snapshots.ts';
import { surveySettings } from './survey-settings.ts';
import { teamHierarchy } from './team-hierarchy.ts';
import { teams } from './teams.ts';
import { userGroups } from './user-groups.ts';
import { users } from './users.ts';
import { workflowRun, workflows } from './workflows.ts';

const operations = [
  ...[...deployments, ...incidents, ...customData, ...metrics, ...aiTools, ...repoGroups, ...services],
  ...[...queries, ...reports, ...events, ...platformx, ...account],
  ...[...snapshots, ...scores, ...surveySettings],
  ...[...teams, ...users, ...userGroups, ...orgFiles, ...teamHierarchy],
  ...[...entities, ...entityTypes, ...relations, ...scorecards, ...initiatives, ...workflows],
];

export const dxCode: ProviderCode = {
  operations,
  runs: [queryRun, workflowRun],
  probe,
};
