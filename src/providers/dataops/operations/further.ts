import type { Operation } from '../../../operations/operation.ts';
import { access } from './access.ts';
import { environments } from './environments.ts';
import { groups } from './groups.ts';
import { issues } from './issues.ts';
import { members } from './members.ts';
import { mergeRequests } from './merge-requests.ts';
import { packages } from './packages.ts';
import { releases } from './releases.ts';
import { repository } from './repository.ts';
import { searches } from './search.ts';
import { variables } from './variables.ts';

/** What is not listed unless the operator asks for it. */
export const further: readonly Operation[] = [
  ...[...groups, ...members, ...repository, ...mergeRequests, ...issues],
  ...[...variables, ...environments, ...releases, ...packages, ...access, ...searches],
];
