export interface Entity {
  identifier: string;
  name: string;
  type: string;
  created_at: string;
  updated_at: string;
  description: string | null;
  owner_teams: { id: string; name: string }[];
  owner_users: { id: string; name: string }[];
  properties: Record<string, unknown>;
  aliases: Record<string, unknown>;
  /** Identifier of the entity that it belongs to. */
  domain: string | null;
}

export const propertyTypes = [
  'text',
  'url',
  'date',
  'email',
  'slack_channel',
  'msteams_channel',
  'select',
  'user',
  'number',
  'boolean',
  'multi_select',
  'list',
  'json',
  'openapi',
  'computed',
  'file_matching_rule',
] as const;

export interface Property {
  identifier: string;
  name: string;
  description: string | null;
  type: string;
  ordering: number;
  definition: object;
  is_required: boolean;
  visibility: 'visible' | 'hidden';
}

export interface EntityType {
  identifier: string;
  name: string;
  description: string | null;
  icon: string | null;
  ordering: number;
  properties: Property[];
  aliases: Record<string, boolean>;
  created_at: string;
  updated_at: string;
}

export const inverses = {
  consumes: 'consumed by',
  'depends on': 'dependency of',
  'parent of': 'child of',
  'part of': 'has part',
  provides: 'provided by',
  manages: 'managed by',
} as const;

export interface Relation {
  identifier: string;
  type: keyof typeof inverses;
  inverse_type: string;
  cardinality: (typeof cardinalities)[number];
  description: string | null;
  source_entity_type_identifier: string;
  target_entity_type_identifier: string;
  created_at: string;
  updated_at: string;
}

/** Source and target are identifiers of entities. */
export interface Edge {
  relation_identifier: string;
  source: string;
  target: string;
}

export const cardinalities = ['one_to_one', 'one_to_many', 'many_to_one', 'many_to_many'] as const;
