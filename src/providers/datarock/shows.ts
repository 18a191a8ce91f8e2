import { expect, type MakeShows } from '../story.ts';

/** The intervals of a project: as rows, and down their holes. */
export const makeShows: MakeShows = async ask => {
  const tableOf = async (artefact: string) => {
    const order = { project: 'Copperhead North', artefact, holes: 'all', wait_seconds: 45 };
    const { data } = await ask('datarock_create_export', order);
    const { uri } = (data['result'] ?? {}) as { uri?: string };
    expect(uri !== undefined, `there is no table of ${artefact}`);
    return uri;
  };
  const [rqd, rocks] = [await tableOf('RQD'), await tableOf('Lithology')];
  const log = { result: rocks, type: 'strip_log', y: ['rock_type'] };
  return [
    { title: 'Explorer: 8,540 intervals', tool: 'read_result', arguments: { result: rqd } },
    { title: 'Strip log: rock types', tool: 'chart_result', arguments: log },
    {
      title: 'Strip log: RQD',
      tool: 'chart_result',
      arguments: { result: rqd, type: 'strip_log', y: ['rqd_percent'] },
    },
    {
      title: 'RQD of each hole',
      tool: 'chart_result',
      arguments: { result: rqd, type: 'box', x: 'hole_id', y: ['rqd_percent'] },
    },
  ];
};
