import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { pipeline } from './jobs.ts';
import { projectArgument as project } from './projects.ts';

const example = { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } };

export const getTestReport = operation({
  name: 'dataops_get_test_report',
  route: 'GET /projects/{project}/pipelines/{pipeline}/test_report',
  risk: 'reads',
  summary: 'Show the tests of a pipeline, case by case, with what failing ones wrote.',
  words: 'which tests failed, junit, test results',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ total_count: z.number(), failed_count: z.number() }),
  example,
});

export const getTestSummary = operation({
  name: 'dataops_get_test_summary',
  route: 'GET /projects/{project}/pipelines/{pipeline}/test_report_summary',
  risk: 'reads',
  summary: 'Count the tests of a pipeline by outcome and suite.',
  words: 'how many tests failed passed',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ total: z.looseObject({ count: z.number(), failed: z.number() }) }),
  example: { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } },
});
