import type { Fields } from '../arguments.ts';

export interface Workflow {
  identifier: string;
  name: string;
  description: string | null;
  scope: 'GLOBAL' | 'ENTITY';
  /** `SIMPLE` ends by itself, `EVENT_DRIVEN` when its runner says so. */
  execution_type: 'SIMPLE' | 'EVENT_DRIVEN';
  trigger_type: 'ANY' | 'APPROVAL' | 'RUNNERS' | 'ENTITY';
  entity_filter_type: 'ENTITY_TYPES' | 'SQL';
  entity_type_identifiers: string[];
  http_request: object;
  icon: string | null;
  color: string | null;
}

export interface WorkflowRun {
  id: string;
  workflow: Workflow;
  entity_identifier: string | null;
  /** Clock ms. */
  startedAt: number;
  /** Clock ms; in the future while it runs, absent where somebody has to say so. */
  completedAt?: number;
  failed: boolean;
  data: object;
  links: object[];
}

export interface PlatformProject {
  id: string;
  name: string;
  hidden: boolean;
  webhook_destination_url: string | null;
  creator_id: string;
  created_at: string;
}

export interface PlatformEvent {
  project_id: string;
  name: string;
  /** Unix seconds. */
  timestamp: number;
  /** Email address or user name of whom it is about. */
  actor: string;
  metadata: Fields;
  test_data: boolean;
}
