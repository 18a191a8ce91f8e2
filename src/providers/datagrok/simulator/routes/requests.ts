import { randomUUID } from 'node:crypto';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { groupsAbove, managesGroup } from '../access.ts';
import { type Call, type Endpoint, ok } from '../call.ts';
import { forbidden, noSuch, refusal } from '../refusal.ts';
import { isoTime, type MembershipRequest, type World } from '../world.ts';
import { describeGroup, pickGroup } from './groups.ts';

function describeRequest({ groups }: World, one: MembershipRequest) {
  const [from, to] = [groups.get(one.from), groups.get(one.to)];
  return {
    '#type': 'GroupMembershipRequest',
    id: one.id,
    approved: one.approved,
    createdOn: isoTime(one.createdOn),
    updatedOn: isoTime(one.updatedOn),
    resolutionDate: one.resolutionDate === null ? null : isoTime(one.resolutionDate),
    from: from && describeGroup(from),
    to: to && describeGroup(to),
  };
}

function ask(call: Call): SimulatorReply {
  const { world, user, now } = call;
  const group = pickGroup(call, call.identifier('id'));
  if (group.personal) throw refusal(400, 'A personal group has no members');
  if (groupsAbove(world, user.group).has(group.id)) throw refusal(400, `You are a member of ${group.friendlyName}`);
  const pending = [...world.requests.values()].some(
    ({ from, to, approved }) => from === user.group && to === group.id && approved === null,
  );
  if (pending) throw refusal(409, 'A membership request already exists');
  const request: MembershipRequest = {
    id: randomUUID(),
    approved: null,
    createdOn: now,
    updatedOn: now,
    resolutionDate: null,
    from: user.group,
    to: group.id,
  };
  world.requests.set(request.id, request);
  return ok(describeRequest(world, request));
}

function list(call: Call): SimulatorReply {
  const { world, user } = call;
  const group = pickGroup(call, call.identifier('id'));
  if (!managesGroup(world, user, group)) throw forbidden(`see requests to ${group.friendlyName}`);
  const found = [...world.requests.values()].filter(({ to }) => to === group.id);
  return ok(found.map(request => describeRequest(world, request)));
}

const resolve =
  (approved: boolean) =>
  (call: Call): SimulatorReply => {
    const { world, user, now } = call;
    const request = world.requests.get(call.raw('id'));
    const group = world.groups.get(request?.to ?? '');
    if (!request || !group) throw noSuch('Membership request', call.raw('id'));
    if (!managesGroup(world, user, group)) throw forbidden(`decide on requests to ${group.friendlyName}`);
    if (request.approved !== null) throw refusal(409, 'The request is already resolved');
    const resolved: MembershipRequest = { ...request, approved, updatedOn: now, resolutionDate: now };
    world.requests.set(request.id, resolved);
    const relation = { id: randomUUID(), parent: group.id, child: request.from, isAdmin: false };
    if (approved) world.relations.set(relation.id, relation);
    return ok(describeRequest(world, resolved));
  };

export const requestEndpoints: readonly Endpoint[] = [
  ['B9-request', 'POST /public/v1/groups/:id/request', ask],
  ['B9-list', 'GET /public/v1/groups/:id/requests', list],
  ['B9-approve', 'POST /public/v1/groups/requests/:id/approve', resolve(true)],
  ['B9-deny', 'POST /public/v1/groups/requests/:id/deny', resolve(false)],
];
