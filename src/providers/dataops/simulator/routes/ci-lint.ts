import type { Call, Endpoint } from '../call.ts';
import { repositoryOf } from '../commit-shapes.ts';
import type { Fields } from '../parameters.ts';
import { notFound } from '../refusal.ts';

const root = '/projects/:id/ci/lint';

export const lintEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, lintFile],
  [`POST ${root}`, lintText],
];

function lintFile(call: Call) {
  const project = call.project(30);
  const commit = repositoryOf(call).find(call.text('content_ref') ?? call.text('ref') ?? project.defaultBranch);
  if (!commit) throw notFound('Ref');
  const file = String(project.settings['ci_config_path'] ?? 'full-ci.yml');
  const text = commit.files.get(file)?.content.toString('utf8');
  return text === undefined ? verdict(call, '', ['Please provide content of your CI file']) : verdict(call, text, []);
}

function lintText(call: Call) {
  call.project(30);
  return verdict(call, call.text('content') ?? '', []);
}

// No YAML is parsed: a tab or a line that is neither key, item nor comment is as wrong as these tests need it.
function verdict(call: Call, text: string, given: string[]): Fields {
  const bad = text
    .split('\n')
    .findIndex(line => line.includes('\t') || !/^\s*(#|-|[\w."'][\w."' ]*:|\.\.\.|$)/.test(line));
  const errors = bad < 0 ? given : [...given, `(<unknown>): could not find expected ':' at line ${bad + 1} column 1`];
  const jobs = [...text.matchAll(/^([A-Z][\w ]+):$/gm)].map(([, name]) => ({
    name,
    stage: 'test',
    allow_failure: false,
  }));
  return {
    valid: errors.length === 0,
    errors,
    warnings: [],
    merged_yaml: errors.length === 0 ? text : null,
    includes: [],
    ...(call.flag('include_jobs') && { jobs }),
  };
}
