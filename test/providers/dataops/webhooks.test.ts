import { describe, expect, it } from 'vitest';
import { project, start } from '../../support/dataops-world.ts';

const webhook = '1';

describe('a webhook', () => {
  it('is listed, found by its address, changed and deleted, and shows no secret', async () => {
    const { call, callRows, callFails } = await start();
    const [hook, ...others] = await callRows('list_webhooks', { project });
    expect(others).toEqual([]);
    expect(hook).toMatchObject({ events: ['push', 'pipeline'], url: expect.stringContaining('key=[hidden]') });
    const url = 'https://chat.meridian.example/hooks/geology';
    const made = await call('create_webhook', { project, url, events: ['job'], secret_token: 'webhook-token-2' });
    expect(made.data).toMatchObject({ url, events: ['job'] });
    const changed = await call('update_webhook', { project, webhook: url, url, events: ['push', 'note'] });
    expect(changed.data).toMatchObject({ events: ['push', 'note'] });
    await call('update_webhook', { project, webhook: url, url, description: 'Of the geologists' });
    const seen = await call('get_webhook', { project, webhook: url });
    expect(seen.data).toMatchObject({ description: 'Of the geologists', events: ['push', 'note'] });
    for (const { text } of [made, changed, seen, await call('get_webhook', { project, webhook })])
      expect(text).not.toMatch(/webhook-(token|key|header|room)-/);
    await call('delete_webhook', { project, webhook: url });
    expect(await callFails('get_webhook', { project, webhook: url })).toMatch(/^(bad_arguments|not_found)/);
    expect(await callFails('create_webhook', { project, url: 'lab' })).toContain('Invalid url given');
  });

  it('tells what came of its deliveries, and delivers again', async () => {
    const { call, callRows, callFails } = await start();
    const failed = await callRows('list_webhook_events', { project, webhook, status: 'server_failure' });
    expect(failed).toMatchObject([{ id: '2', response_status: '503', kind: 'push' }]);
    expect(failed[0]).not.toHaveProperty('request_headers');
    const again = await call('resend_webhook_event', { project, webhook, event: '2' });
    expect(again.data).toMatchObject({ response_status: 503 });
    expect(await callFails('test_webhook', { project, webhook, trigger: 'push_events' })).toContain('503');
    expect(await callRows('list_webhook_events', { project, webhook })).toHaveLength(4);
    await call('create_webhook', { project, url: 'https://chat.meridian.example/hooks' });
    const chat = { project, webhook: 'https://chat.meridian.example/hooks', trigger: 'push_events' };
    for (let n = 0; n < 5; n += 1) await call('test_webhook', chat);
    expect(await callFails('test_webhook', chat)).toMatch(/^rate_limited/);
  });

  it('keeps headers and parts of its address, and never shows them', async () => {
    const { call, callFails } = await start();
    const set = await call('set_webhook_header', { project, webhook, key: 'X-Site', value: 'webhook-header-2' });
    expect(set.text).not.toContain('webhook-header-2');
    expect(set.data).toMatchObject({ now: { custom_headers: [{ key: 'X-Lab-Key' }, { key: 'X-Site' }] } });
    await call('delete_webhook_url_variable', { project, webhook, key: 'room' });
    expect((await call('get_webhook', { project, webhook })).data).toMatchObject({ url_variables: [] });
    expect(await callFails('delete_webhook_header', { project, webhook, key: 'X-Nothing' })).toMatch(/^not_found/);
  });

  it('is asked about before it is replaced or deleted', async () => {
    const { callTool } = await start({ flags: { yes: false } });
    const url = 'https://lab.meridian.example/hooks/503';
    const { text } = await callTool('dataops_update_webhook', {
      project,
      webhook,
      url,
      secret_token: 'webhook-token-3',
    });
    expect(text).toMatch(/^needs_confirmation: Change the webhook "https:\/\/lab/);
    expect(text).toContain('Its secret token cannot be read back.');
    expect(text).not.toContain('webhook-token');
  });
});

describe('what is protected', () => {
  it('branches: who may push is replaced, not added to', async () => {
    const { call } = await start();
    const changed = await call('update_protected_branch', {
      project,
      name: 'qa',
      push: 'developer',
      merge: 'maintainer',
    });
    expect(changed.data).toMatchObject({
      push_access_levels: [{ access_level: 30 }],
      merge_access_levels: [{ access_level: 40 }],
      allow_force_push: false,
    });
    expect((await call('get_protected_branch', { project, name: 'qa' })).data).toMatchObject({
      push_access_levels: [{ access_level: 30 }],
    });
  });

  it('tags: refused to who may not, by wildcard', async () => {
    const { names } = await start();
    const amara = await start({ env: { DATAOPS_TOKEN: names.tokens.developer } });
    const tag = { project, tag: 'v9.0.0', ref: 'main' };
    expect(await amara.callFails('create_tag', tag)).toContain('as it is protected');
    const { call, callRows, callFails } = await start();
    expect(await callRows('list_protected_tags', { project })).toMatchObject([{ name: 'v*' }]);
    expect((await call('create_tag', tag)).data).toMatchObject({ protected: true });
    await call('protect_tag', { project, name: 'release-*', create: 'developer' });
    expect(await callFails('protect_tag', { project, name: 'release-*' })).toMatch(/already exists/);
    await call('unprotect_tag', { project, name: 'release-*' });
    expect(await callFails('get_protected_tag', { project, name: 'release-*' })).toMatch(/^not_found/);
  });
});
