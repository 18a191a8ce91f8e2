import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

/** A whole answer as it is read, without what differs from one run of the test to the next. */
const stable = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/result:\/\/[A-Za-z0-9_-]+/g, 'result://<id>')
    .replace(/confirm: "[^"]+"/, 'confirm: "<token>"')
    .replace(/127\.0\.0\.1:\d+/g, '<host>');

/** One whole answer of each kind, so that a change of words is seen in review. */
it('rows', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_list_projects');
  expect(stable(text)).toMatchInlineSnapshot(`
    "All 4 projects.
    uuid,name
    <id>,Copperhead North
    <id>,Tinkers Trial
    <id>,Iron Knoll Grade Control
    <id>,Deepwater Deeps
    Handle of these rows: result://<id>"
  `);
});

it('a value', async () => {
  const { call } = await startWorld();
  const { text } = await call('check_connections');
  expect(stable(text)).toMatchInlineSnapshot(
    `"{"connections":[{"connection":"datarock","platform":"Datarock","status":"ok","account":"geo@sandbox.example","facts":["4 projects visible"]},{"connection":"dataops","platform":"DataOps.live","status":"not_configured","problem":"DataOps.live is not configured.","hint":"Run data-platforms-mcp setup in a terminal; or set DATAOPS_TOKEN (or DATAOPS_TOKEN_FILE), or a connection in the file given with --config; or try it with --sandbox."},{"connection":"datagrok","platform":"Datagrok","status":"not_configured","problem":"Datagrok is not configured.","hint":"Run data-platforms-mcp setup in a terminal; or set DATAGROK_BASE_URL and DATAGROK_API_KEY (or DATAGROK_API_KEY_FILE), or a connection in the file given with --config; or try it with --sandbox."},{"connection":"dx","platform":"DX","status":"not_configured","problem":"DX is not configured.","hint":"Run data-platforms-mcp setup in a terminal; or set DX_API_KEY (or DX_API_KEY_FILE), or a connection in the file given with --config; or try it with --sandbox."},{"connection":"datamin","platform":"Datamin","status":"not_configured","problem":"Datamin is not configured.","hint":"Run data-platforms-mcp setup in a terminal; or set DATAMIN_CLIENT_ID and DATAMIN_CLIENT_SECRET (or DATAMIN_CLIENT_SECRET_FILE), or a connection in the file given with --config; or try it with --sandbox."}]}"`,
  );
});

it('a run', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
    wait_seconds: 0,
  });
  expect(stable(text)).toMatchInlineSnapshot(`
    "Run datarock://exports/<id>?asked=2: running (in_progress), 0 of 2 holes.
    exports: <id>; artefact: rqd; version: v2; holes: 2; notes: Version v2, the newest of v1, v2.
    Next: wait_for_run {"run":"datarock://exports/<id>?asked=2","wait_seconds":50}"
  `);
});

it('a stored result', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
  });
  expect(stable(text)).toMatchInlineSnapshot(`
    "Run datarock://exports/<id>?asked=2: succeeded (completed).
    exports: <id>; artefact: rqd; version: v2; holes: 2; notes: Version v2, the newest of v1, v2.
    RQD of Copperhead North: 2 of 2 holes have data.
    Stored as result://<id>: 414 rows. Columns: hole_id text; depth_from integer 0..330 mean 140.14; depth_to number 1..330.3 mean 141.137; recovered_m number 0..1 mean 0.972681; rqd_percent number 3.4..100 mean 85.9679 (3 empty); rqd_two_diameters_percent number 3.2..93 mean 79.9516 (3 empty); fracture_count integer 1..29 mean 6.78261; method text.
    First rows:
    hole_id,depth_from,depth_to,recovered_m,rqd_percent,rqd_two_diameters_percent,fracture_count,method
    DDH001,0,1,0.7,17,15.8,25,pieces_over_10_cm
    DDH001,1,2,0.98,22.9,21.3,24,pieces_over_10_cm
    DDH001,2,3,0.99,33.2,30.9,21,pieces_over_10_cm
    Next: read_result {"result":"result://<id>"}"
  `);
});

it('a picture', async () => {
  const { call } = await startWorld();
  const exported = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
  });
  const { uri } = exported.data['result'] as { uri: string };
  const { text } = await call('chart_result', { result: uri, type: 'strip_log', y: ['rqd_percent'] });
  expect(stable(text)).toMatchInlineSnapshot(`
    "Strip log: RQD. Stored as result://<id> (PNG, 389 x 695) and result://<id> (SVG).
    Warning: rqd_percent: 3 empty values left out."
  `);
});

it('a question', async () => {
  const { call } = await startWorld({ platforms: ['dataops'] });
  const { data } = await call('dataops_list_schedules', { project: 'meridian/data/drill-assays' });
  const [schedule] = data['items'] as { id: number }[];
  const { text } = await call('call_write_operation', {
    operation: 'dataops_delete_schedule',
    arguments: { project: 'meridian/data/drill-assays', schedule: String(schedule?.id) },
  });
  expect(stable(text)).toMatchInlineSnapshot(`
    "needs_confirmation: Delete the schedule "Nightly full load" (20017) of "meridian/data/drill-assays"? Its next run is 2026-11-21 02:15 UTC. 2 variables of it would be lost. On DataOps.live. This would be sent: DELETE /projects/meridian/data/drill-assays/pipeline_schedules/20017
    Next: Ask the person. If they agree, repeat the call with confirm: "<token>", everything else unchanged, within ten minutes. It is good once."
  `);
});

it('a fault', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_list_holes', { project: 'Copperhed North' });
  expect(stable(text)).toMatchInlineSnapshot(`
    "not_found: datarock_list_projects shows nothing called "Copperhed North".
    Next: Did you mean "Copperhead North"? There are: "Copperhead North", "Tinkers Trial", "Iron Knoll Grade Control", "Deepwater Deeps"."
  `);
});
