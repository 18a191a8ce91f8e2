import type { JobPlan } from './world.ts';

/** What the data team's warehouse is fed from, and the models built on it. */
export const sources = ['assays', 'collars', 'surveys', 'lithology', 'standards', 'despatches'];
export const models = [
  'stg_assays',
  'stg_collars',
  'stg_surveys',
  'stg_lithology',
  'stg_standards',
  'desurveyed_paths',
  'assay_intervals',
  'standards_control',
  'composites_2m',
  'significant_intersections',
  'ore_quality_daily',
];

const initialise = { name: 'Initialise Pipeline', stage: 'Pipeline Initialisation', seconds: 38 };
const vault = { name: 'Initialise Vault', stage: 'Vault Initialisation', seconds: 21 };
const snowflake = { name: 'Set Up Snowflake', stage: 'Snowflake Setup', seconds: 74, artifacts: true };
const ingest = (name: string, seconds: number): JobPlan => ({ name, stage: 'Data Ingestion', seconds });
const sourceTests: JobPlan = {
  name: 'Test all Sources',
  stage: 'Source Testing',
  seconds: 66,
  allowFailure: true,
  report: true,
  fails: 'script_failure',
  artifacts: true,
};
const build: JobPlan = { name: 'Build all Models', stage: 'Data Transformation', seconds: 240, artifacts: true };
const tests: JobPlan = {
  name: 'Test all Models',
  stage: 'Transformation Testing',
  seconds: 95,
  artifacts: true,
  report: true,
};
const docs: JobPlan = { name: 'Generate Docs', stage: 'Generate Docs', seconds: 41, artifacts: true };
const product: JobPlan = {
  name: 'Publish Ore Quality',
  stage: 'Data Product',
  seconds: 0,
  queueSeconds: 1,
  starts: { file: 'data-product-ci.yml' },
};
const cleanUp: JobPlan = { name: 'Drop Unused Databases', stage: 'Clean Up', seconds: 17, when: 'always' };
const core = [initialise, vault, snowflake];

/** The pipelines of the seed by file. Every job that any repository of this world can run is here. */
export const plans: ReadonlyMap<string, readonly JobPlan[]> = new Map<string, readonly JobPlan[]>([
  [
    'full-ci.yml',
    [
      ...core,
      { name: 'Grant Warehouse Roles', stage: 'Additional Configuration', seconds: 12 },
      ingest('Ingest Assay Results', 128),
      ingest('Ingest Collar Surveys', 57),
      sourceTests,
      build,
      tests,
      docs,
      product,
      cleanUp,
    ],
  ],
  ['ingest-only-ci.yml', [...core, ingest('Ingest Assay Results', 128), ingest('Ingest Collar Surveys', 57)]],
  // A person has to agree before it touches production, and the warehouse gets half an hour to settle.
  [
    'release-ci.yml',
    [
      initialise,
      { name: 'Approve Production', stage: 'Additional Configuration', seconds: 2, when: 'manual' },
      build,
      tests,
      { name: 'Refresh Dashboards', stage: 'Data Product', seconds: 30, when: 'delayed', delaySeconds: 1800 },
      { name: 'Roll Back Release', stage: 'Clean Up', seconds: 25, when: 'manual', allowFailure: true },
    ],
  ],
  [
    'data-product-ci.yml',
    [
      { name: 'Build Data Product', stage: 'Data Product', seconds: 52, artifacts: true },
      {
        name: 'Notify Consumers',
        stage: 'Publish',
        seconds: 0,
        queueSeconds: 1,
        allowFailure: true,
        starts: { file: 'notify-ci.yml', project: 'meridian/platform/reference-pipelines' },
      },
    ],
  ],
  ['notify-ci.yml', [{ name: 'Send Notices', stage: 'Publish', seconds: 9 }]],
  // Long enough that its job token is good for the life of a test or a demo.
  [
    'other-pipelines/photos-ci.yml',
    [initialise, { name: 'Load Core Photos', stage: 'Data Ingestion', seconds: 10_800 }],
  ],
]);

const yamlOf = (file: string): string =>
  [
    `# ${file}`,
    'include:',
    '  - /pipelines/includes/bootstrap.yml',
    '',
    ...(plans.get(file) ?? []).flatMap(({ name, stage, when, allowFailure }) => [
      `${name}:`,
      `  stage: ${stage}`,
      ...(when ? [`  when: ${when}`] : []),
      ...(allowFailure ? ['  allow_failure: true'] : []),
      '  script:',
      '    - /dataops',
      '',
    ]),
  ].join('\n');

const modelOf = (name: string): string =>
  `{{ config(materialized='table') }}\n\nselect\n    hole_id,\n    depth_from,\n    depth_to,\n    au_ppm\nfrom ` +
  `{{ ref('${name.startsWith('stg_') ? 'raw' : 'stg_assays'}') }}\n`;

/** The repository of the drill assays, by path. */
export function repositoryFiles(): Record<string, string> {
  const files: Record<string, string> = {
    'README.md': '# Drill assays\n\nLoads laboratory results and surveys, builds assay intervals and composites.\n',
    'pipelines/includes/config/variables.yml':
      'variables:\n  DATAOPS_PREFIX: MERIDIAN\n  DATAOPS_PRIMARY_MODULES: full\n',
    'pipelines/includes/config/stages.yml': 'stages:\n  - Pipeline Initialisation\n  - Vault Initialisation\n',
    'pipelines/includes/config/agent_tag.yml': '.agent_tag:\n  tags:\n    - dataops-production-agent\n',
    'dataops/data-product-definitions/ore quality.yml': 'id: ore_quality\nname: Ore Quality\nschema_version: 1.2.0\n',
    'dataops/snowflake/databases.template.yml':
      'databases:\n  "{{ env.DATAOPS_DATABASE }}":\n    comment: Drill assays\n',
  };
  for (const file of plans.keys()) files[file] = yamlOf(file);
  for (const model of models) files[`dataops/modelling/${model}.sql`] = modelOf(model);
  return files;
}
