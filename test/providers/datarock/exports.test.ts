import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { holesPerExport, mostExports } from '../../../src/providers/datarock/operations/exports.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { startWorld } from '../../support/harness.ts';
import { respond, upstream } from '../../support/upstream.ts';

const uuid = '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11';
const order = { project: 'Iron Knoll Grade Control', artefact: 'RQD', wait_seconds: 0 };

describe('an export of very many holes', () => {
  it('is refused before anything is started when the project does not have them', async () => {
    const { call, datarock } = await startWorld();
    const invented = Array.from({ length: 9_000 }, (_, index) => `X${index}`);
    const { text, isError } = await call('datarock_create_export', { ...order, holes: invented });
    expect([isError, text]).toEqual([
      true,
      expect.stringMatching(/^bad_arguments: .*no holes "X0".*Nothing was started/),
    ]);
    expect(datarock.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('is refused before anything is started when one call would start too many', async () => {
    const clock = virtualClock();
    const holes = Array.from({ length: mostExports * holesPerExport + 1 }, (_, index) => ({ id: `GC${index}` }));
    const artefact = { key: 'RQD', name: 'RQD', versions: [{ version: '1.0.0' }] };
    const platform = await upstream(clock, ({ url }, response) => {
      const path = new URL(url, 'http://platform').pathname;
      if (path.endsWith('/holes')) return respond(response, 200, {}, holes);
      respond(response, 200, {}, path.endsWith('/artefacts') ? { artefacts: [artefact] } : [{ uuid, name: 'Vast' }]);
    });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const env = {
      DATAROCK_BASE_URL: `${platform.origin}/v3`,
      DATAROCK_USER: 'geo@example.com',
      DATAROCK_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
    const { call } = await startWorld({ platforms: [], clock, env });
    const { text, isError } = await call('datarock_create_export', { ...order, project: 'Vast', holes: 'all' });
    expect([isError, text]).toEqual([
      true,
      expect.stringMatching(
        /^too_large: These are 10001 holes.*Nothing was started\.\nNext: .*hole GC10000 is the first/,
      ),
    ]);
    expect(platform.arrivals.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
