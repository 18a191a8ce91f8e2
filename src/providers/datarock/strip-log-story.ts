import { type Assistant, expect } from '../story.ts';
import { finishedTable } from './story-checks.ts';

const project = 'Copperhead North';
/** What this chapter leaves for others to hand on. */
const joined = 'RQD and rock types of Copperhead North';

/** Two exports of the platform become one picture, by SQL over what is stored. Told where the optional parts are. */
export async function stripLogStory(assistant: Assistant): Promise<void> {
  const rqd = assistant.handles.get(`RQD of ${project}`);
  if (!rqd || !assistant.offers('query_result') || !assistant.offers('chart_result')) return;
  assistant.person('Geologist', 'Average the RQD over 10 m, put the rock types beside it, and draw me the strip log.');
  assistant.says('The RQD is stored. I fetch the rock types as well.');
  const order = { project, artefact: 'Lithology', holes: 'all', wait_seconds: 45 };
  const { data: rocks } = await assistant.ask('datarock_create_export', order);
  const lithology = finishedTable(rocks);

  assistant.says('Both are tables here. One statement averages and joins them; no row passes through me.');
  const { data: table } = await assistant.ask('query_result', { sql: averagedWithRocks(rqd, lithology.uri) });
  const { uri, rows } = table['result'] as { uri: string; rows: number };
  expect(rows > 800, `only ${rows} intervals came out of the join`);
  assistant.handles.set(joined, uri);

  const tracks = ['rqd_percent', 'rock_type'];
  const drawn = await assistant.ask('chart_result', { result: uri, type: 'strip_log', y: tracks });
  const { png } = drawn.data as { png: { bytes: number } };
  expect(png.bytes > 10_000, 'the picture is empty');
  assistant.says(`Here is the strip log. The joined table has ${rows} intervals of 10 m, and a handle of its own.`);
}

/** The rock type of an interval is the one that most of it is made of. */
const averagedWithRocks = (rqd: string, lithology: string) =>
  `
WITH averaged AS (
  SELECT hole_id, floor(depth_from / 10) * 10 AS depth_from, max(depth_to) AS depth_to,
    round(avg(rqd_percent), 1) AS rqd_percent
  FROM "${rqd}" GROUP BY hole_id, floor(depth_from / 10))
SELECT a.hole_id, a.depth_from, a.depth_to, any_value(a.rqd_percent) AS rqd_percent,
  arg_max(l.rock_type, least(a.depth_to, l.depth_to) - greatest(a.depth_from, l.depth_from)) AS rock_type
FROM averaged a JOIN "${lithology}" l
  ON l.hole_id = a.hole_id AND l.depth_from < a.depth_to AND l.depth_to > a.depth_from
GROUP BY ALL ORDER BY a.hole_id, a.depth_from`.trim();
