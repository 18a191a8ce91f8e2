import type { Assistant } from '../../cli/assistant.ts';
import { Fault } from '../../errors.ts';

const service = 'booking-api';

/** A platform engineer's wish, carried out on the sandbox. Throws a fault when an answer is not what it must be. */
export async function story(assistant: Assistant): Promise<void> {
  assistant.person('Platform engineer', `Record the deployment of ${service} that has just gone out.`);
  assistant.says('I record it. The key comes from the deployment itself, so that nothing is recorded twice.');
  const deployment = { deployed_at: '10m', service, repository: `kestrel/${service}`, environment: 'production' };
  const made = await assistant.ask('dx_create_deployment', deployment);
  expect(typeof made.data['reference_id'] === 'string', 'the deployment has no reference_id');
}

function expect(holds: boolean, message: string): void {
  if (holds) return;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: `The demo's story broke: ${message}.`,
    hint: 'Report it: the sandbox is deterministic.',
  });
}
