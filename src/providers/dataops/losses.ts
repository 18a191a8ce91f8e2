import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { type Told, textOf, whenOf } from '../../operations/look-up.ts';

export const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});

/** The path is what people know a project by. */
export const projectTold = ({ path_with_namespace }: Row): Told => ({ name: textOf(path_with_namespace) });

export const groupTold = ({ full_path, name }: Row): Told => ({ name: textOf(full_path) ?? textOf(name) });

/** The beginning of a text, in one line. */
export const beginning = (value: unknown): string => {
  const line = String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

/** What a person is told of a job. */
export function jobTold({ name, stage, status, artifacts_file: file }: Row) {
  const size = Number(rowOf(file)['size'] ?? 0);
  return {
    name: `${String(name)} of ${String(stage)}`,
    says: [`It is ${String(status)}.`, size > 0 && `Its artifacts have ${size} bytes.`],
  };
}

export function mergeRequestTold({ title, source_branch, target_branch, sha }: Row) {
  return {
    name: textOf(title),
    says: [`It takes ${String(source_branch)} into ${String(target_branch)}.`],
    version: sha,
  };
}

/** What a person is told of a comment. */
export function noteTold({ body, author, created_at }: Row): Told {
  return {
    name: beginning(body),
    says: [
      `It is of ${textOf(author) ?? textOf(rowOf(author)['name']) ?? 'somebody'}, ${whenOf(created_at) ?? 'some time ago'}.`,
    ],
  };
}

/** Values of variables are nobody's business but those that run with them. */
export function variableTold({ key, environment_scope: scope, masked, protected: isProtected }: Row): Told {
  return {
    name: textOf(key),
    says: [
      'The value that it has now would be lost.',
      scope !== undefined && scope !== '*' && `It is for ${String(scope)}.`,
      masked === true && 'It is masked.',
      isProtected === true && 'It is for protected branches alone.',
    ],
  };
}

export function environmentTold({ name, state, external_url, last_deployment }: Row): Told {
  return {
    name: textOf(name),
    says: [
      `It is ${String(state)}${textOf(external_url) ? ` at ${textOf(external_url)}` : ''}.`,
      whenOf(rowOf(last_deployment)['created_at']) &&
        `The last deployment to it was ${whenOf(rowOf(last_deployment)['created_at'])}.`,
    ],
  };
}

export function deploymentTold({ id, status, ref, environment, created_at }: Row): Told {
  return {
    name: `${String(id)} of ${String(ref)} to ${String(rowOf(environment)['name'])}`,
    says: [`It is ${String(status)}, made ${whenOf(created_at) ?? 'some time ago'}.`],
  };
}

/** What a person is told of an access token. */
export function tokenTold({ name, scopes, last_used_at }: Row): Told {
  return {
    name: textOf(name),
    says: [
      `It may ${(Array.isArray(scopes) ? scopes : []).join(', ')}.`,
      whenOf(last_used_at) ? `It was last used ${whenOf(last_used_at)}.` : 'It was never used.',
    ],
  };
}

/** @throws Fault where the schedule has no such variable */
export function variableNamed(variables: unknown, key: unknown): true {
  const found = (Array.isArray(variables) ? variables : []).some(one => rowOf(one)['key'] === key);
  if (found) return true;
  throw new Fault({
    code: 'not_found',
    message: `The schedule has no variable ${String(key)}.`,
    hint: 'dataops_get_schedule names those that it has.',
  });
}

export function notDeleted(why: string): Fault {
  return new Fault({
    code: 'rejected',
    message: `${why}, and the platform deletes no such branch.`,
    hint: 'Choose another branch, or have its protection or the default branch changed first.',
  });
}
