import { type Call, type Endpoint, reply } from '../call.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { describeUser } from '../world.ts';
import { usernames } from './changes.ts';
import { findMergeRequest } from './merge-requests.ts';

const root = '/projects/:id/merge_requests/:iid';

export const approvalEndpoints: readonly Endpoint[] = [
  [`GET ${root}/approvals`, call => approvals(call, findMergeRequest(call))],
  [`POST ${root}/approve`, call => approve(call, true)],
  [`POST ${root}/unapprove`, call => approve(call, false)],
];

function approvals(call: Call, one: Fields): Fields {
  const by = one['approved_by'] as Fields[];
  return {
    id: one['id'],
    iid: one['iid'],
    project_id: one['project_id'],
    title: one['title'],
    state: one['state'],
    approved: by.length > 0,
    approvals_required: 1,
    approvals_left: by.length > 0 ? 0 : 1,
    approved_by: by.map(user => ({ user })),
    user_has_approved: usernames(by).includes(call.user().username),
    user_can_approve: !usernames(one['author']).includes(call.user().username),
  };
}

function approve(call: Call, yes: boolean) {
  const one = findMergeRequest(call, 30);
  const me = describeUser(call.world, call.user().id);
  const by = one['approved_by'] as Fields[];
  const already = usernames(by).includes(me.username);
  if (yes && (already || usernames(one['author']).includes(me.username)))
    throw refusal(401, { message: '401 Unauthorized' });
  if (!yes && !already) throw notFound();
  if (call.has('sha') && call.text('sha') !== one['sha'])
    throw refusal(409, { message: `SHA does not match HEAD of source branch: ${String(one['sha'])}` });
  one['approved_by'] = yes ? [...by, me] : by.filter(user => user['username'] !== me.username);
  return reply(201, approvals(call, one));
}
