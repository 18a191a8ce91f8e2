import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import type { Group, Project, Variable } from '../world.ts';

/** Values lie open for whoever may read them at all: Maintainers of a project, Owners of a group. */
export const variableEndpoints: readonly Endpoint[] = [
  ...endpointsBelow('/projects', call => call.project(40)),
  ...endpointsBelow('/groups', call => call.group(50)),
];

function endpointsBelow(root: string, holderOf: (call: Call) => Project | Group): Endpoint[] {
  const list = (call: Call): Variable[] => holderOf(call).variables;
  return [
    [`GET ${root}/:id/variables`, call => paged(call, list(call), show)],
    [`GET ${root}/:id/variables/:key`, call => show(find(call, list(call)))],
    [`POST ${root}/:id/variables`, call => create(call, list(call))],
    [`PUT ${root}/:id/variables/:key`, call => update(call, list(call))],
    [`DELETE ${root}/:id/variables/:key`, call => remove(call, list(call))],
  ];
}

const show = (variable: Variable): Fields => ({ ...variable, value: variable.hidden ? null : variable.value });

function find(call: Call, variables: readonly Variable[]): Variable {
  const filter = call.fields['filter'] as Fields | undefined;
  const scope = filter?.['environment_scope'];
  const found = variables.filter(
    one => one.key === call.path('key') && (scope === undefined || one.environment_scope === scope),
  );
  if (found.length > 1)
    throw refusal(409, {
      message: "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'",
    });
  const [variable] = found;
  if (!variable) throw notFound('Variable');
  return variable;
}

function check({ key, value, masked }: Variable): void {
  if (!/^\w{1,255}$/.test(key)) throw invalid({ key: ["can contain only letters, digits and '_'."] });
  if (masked && !/^[\w+/=@:.~-]{8,}$/.test(value)) throw invalid({ value: ['is invalid'] });
}

function create(call: Call, variables: Variable[]) {
  const hidden = call.flag('masked_and_hidden') ?? false;
  const variable: Variable = {
    key: call.text('key') ?? '',
    value: call.text('value') ?? '',
    hidden,
    masked: hidden || (call.flag('masked') ?? false),
    variable_type: call.text('variable_type') ?? 'env_var',
    protected: call.flag('protected') ?? false,
    raw: call.flag('raw') ?? false,
    environment_scope: call.text('environment_scope') ?? '*',
    description: call.text('description') ?? null,
  };
  check(variable);
  if (variables.some(one => one.key === variable.key && one.environment_scope === variable.environment_scope))
    throw invalid({ key: [`(${variable.key}) has already been taken`] });
  variables.push(variable);
  return reply(201, show(variable));
}

function update(call: Call, variables: Variable[]) {
  const variable = find(call, variables);
  const next: Variable = {
    ...variable,
    value: call.text('value') ?? variable.value,
    masked: call.flag('masked') ?? variable.masked,
    variable_type: call.text('variable_type') ?? variable.variable_type,
    protected: call.flag('protected') ?? variable.protected,
    raw: call.flag('raw') ?? variable.raw,
    environment_scope: call.text('environment_scope') ?? variable.environment_scope,
    description: call.text('description') ?? variable.description,
  };
  check(next);
  Object.assign(variable, next);
  return show(variable);
}

function remove(call: Call, variables: Variable[]) {
  variables.splice(variables.indexOf(find(call, variables)), 1);
  return noContent;
}
