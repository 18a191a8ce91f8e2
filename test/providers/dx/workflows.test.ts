import { describe, expect, it } from 'vitest';
import { dxWorld } from '../../support/dx-world.ts';

const restart = {
  identifier: 'restart-service',
  name: 'Restart a service',
  scope: 'ENTITY',
  execution_type: 'EVENT_DRIVEN',
  entity_filter_type: 'ENTITY_TYPES',
  http_request: { method: 'POST', url: 'https://hooks.kestrel.example/restart' },
  trigger_type: 'RUNNERS',
  description: 'Without losing requests',
  icon: 'refresh',
  color: '#16a34a',
};

describe('workflows', () => {
  it('are listed for everybody or for an entity, and made', async () => {
    const { call, callRows, seed, callFails } = await dxWorld();
    const names = async (args = {}) => (await callRows('list_workflows', args)).map(({ identifier }) => identifier);
    expect(await names()).toEqual(['create-repository', 'rollback-service', 'rotate-secrets']);
    expect(await names({ scope: 'GLOBAL' })).toEqual(['create-repository']);
    expect(await names({ entity_identifier: 'Rates Db' })).toEqual(['create-repository']);
    expect((await call('create_workflow', restart)).data).toMatchObject(restart);
    expect(seed.workflows.at(-1)).toMatchObject(restart);
    expect(await callFails('create_workflow', restart)).toMatch(/^bad_arguments: .*taken/);
  });
});

describe('runs of workflows', () => {
  it('are followed to their end', async () => {
    const { call, sent } = await dxWorld();
    const started = await call('trigger_workflow', {
      workflow_identifier: 'Rotate secrets',
      entity_identifier: 'Booking Api',
      data: { reason: 'leak' },
    });
    expect(started.data).toMatchObject({
      run: { uri: expect.stringMatching(/^dx:\/\/workflow-runs\//), status: 'succeeded', vendor_status: 'SUCCEEDED' },
      entity_identifier: 'booking-api',
      data: { reason: 'leak' },
      completed_at: '2026-11-21T00:00:04.000Z',
    });
    expect(sent('workflowRuns.trigger')).toHaveLength(1);
  });

  it('are waited for from their address, while somebody else reports', async () => {
    const { call, callTool, callFails, seed } = await dxWorld();
    const { data } = await call('trigger_workflow', {
      workflow_identifier: 'rollback-service',
      entity_identifier: 'notify',
      wait_seconds: 0,
    });
    const { uri } = data['run'] as { uri: string };
    expect(data['run']).toMatchObject({ status: 'running', vendor_status: 'RUNNING', final: false });
    const message = await call('post_workflow_run_message', { workflow_run_id: uri, message: 'Back to 09:40' });
    expect(message.data).toMatchObject({ type: 'MESSAGE', message: 'Back to 09:40' });
    const link = { url: 'https://ci.kestrel.example/1', label: 'Pipeline', icon: 'play' };
    await call('add_workflow_run_link', { workflow_run_id: uri, link });
    expect((await call('get_workflow_run', { id: uri })).data).toMatchObject({ status: 'RUNNING', links: [link] });
    const ended = await call('set_workflow_run_status', { workflow_run_id: uri, status: 'FAILED' });
    expect(ended.data).toMatchObject({ type: 'STATUS_CHANGED' });
    const waited = await callTool('wait_for_run', { run: uri });
    expect(waited.data['run']).toMatchObject({ status: 'failed', vendor_status: 'FAILED', final: true });
    expect([...seed.workflowRuns.values()]).toMatchObject([{ failed: true }]);
    expect(await callFails('set_workflow_run_status', { workflow_run_id: uri, status: 'SUCCEEDED' })).toMatch(
      /^bad_arguments: .*The run has ended/,
    );
  });

  it('want what their workflow wants, and are never started twice', async () => {
    const { callFails, dx, sent } = await dxWorld();
    expect(await callFails('trigger_workflow', { workflow_identifier: 'rotate-secrets' })).toMatch(
      /^bad_arguments: .*workflow_run_attribute_validation_failed/,
    );
    expect(await callFails('trigger_workflow', { workflow_identifier: 'Rotate secrtes' })).toContain(
      'Did you mean "Rotate secrets"?',
    );
    dx.faults.add({ kind: 'drop', match: { path: /workflowRuns\.trigger/ } });
    const before = sent('workflowRuns.trigger').length;
    expect(await callFails('trigger_workflow', { workflow_identifier: 'create-repository' })).toMatch(/^upstream_down/);
    expect(sent('workflowRuns.trigger')).toHaveLength(before + 1);
  });
});
