import * as z from 'zod';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, id, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { download } from '../download.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { getRelease, one as ofRelease, release, example as sample } from './releases.ts';

const path = '/projects/{project}/releases/{tag}';
const links = `${path}/assets/links`;

export const getLatestRelease = operation({
  name: 'dataops_get_latest_release',
  route: 'GET /projects/{project}/releases/permalink/latest',
  risk: 'reads',
  summary: 'Show the latest release of a project: notes, commit, assets.',
  words: 'newest current version',
  input: z.strictObject({ project: ofRelease.project }),
  output: release,
  example: { arguments: { project: sample.project } },
});

export const listGroupReleases = operation({
  name: 'dataops_list_group_releases',
  route: 'GET /groups/{group}/releases',
  risk: 'reads',
  summary: 'List the releases of all projects of a group, newest first.',
  words: 'versions release notes of all repositories',
  input: z.strictObject({ group, sort }),
  output: release,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data' } },
});

export const collectEvidence = operation({
  name: 'dataops_add_release_proof',
  route: `POST ${path}/evidence`,
  risk: 'adds',
  summary: 'Have written down, as proof, what a release has now: milestones, issues, reports.',
  words: 'audit evidence of a release',
  input: z.strictObject(ofRelease),
  ...done,
  readsBack: () => ({ reading: getRelease }),
  example: { arguments: sample },
});

export const downloadAsset: Operation = operation({
  name: 'dataops_download_release_asset',
  route: `GET ${path}/downloads/{path*}`,
  risk: 'reads',
  summary: 'Store a file that a release leads to by a path of its own (direct_asset_path of a link).',
  words: 'get a binary file of a version',
  input: z.strictObject({
    ...ofRelease,
    path: z.string().min(1).describe('Path of the file in the release, as its link has it'),
  }),
  output: z.looseObject({}),
  example: { arguments: { ...sample, path: 'notes/1.0.0.txt' } },
  collect: (args, context) => download(downloadAsset, args, args.path.slice(args.path.lastIndexOf('/') + 1), context),
});

const assetLink = z.looseObject({ id: z.number(), name: z.string(), url: z.string() });
const one = { ...ofRelease, link: id('Number of the link', 'links', 'dataops_list_release_links') };
const shown = { arguments: { ...sample, link: '1' } };
const settable = {
  direct_asset_path: text('Short path below the release: /notes/1.0.0.txt'),
  link_type: z.enum(['other', 'runbook', 'image', 'package']).optional().describe('What it leads to (other)'),
};

export const listLinks = operation({
  name: 'dataops_list_release_links',
  route: `GET ${links}`,
  risk: 'reads',
  summary: 'List what a release leads to: packages, runbooks, files elsewhere.',
  words: 'assets of a release',
  input: z.strictObject(ofRelease),
  output: assetLink,
  paging: pages(),
  example: { arguments: sample },
});

export const getLink = operation({
  name: 'dataops_get_release_link',
  route: `GET ${links}/{link}`,
  risk: 'reads',
  summary: 'Show one link of a release.',
  input: z.strictObject(one),
  output: assetLink,
  example: shown,
});

export const createLink = operation({
  name: 'dataops_create_release_link',
  route: `POST ${links}`,
  risk: 'adds',
  summary: 'Add a link to a release.',
  words: 'attach a file package asset to a release',
  input: z.strictObject({
    ...ofRelease,
    name: z.string().min(1).describe('What it is called'),
    url: z.url().describe('Where it leads'),
    ...settable,
  }),
  output: assetLink,
  example: { arguments: { ...sample, name: 'Runbook', url: 'https://notes.meridian.example/runbook' } },
});

export const updateLink = operation({
  name: 'dataops_update_release_link',
  route: `PUT ${links}/{link}`,
  risk: 'edits',
  summary: 'Change what a link of a release is called or where it leads.',
  input: z.strictObject({
    ...one,
    name: text('What it is called'),
    url: z.url().optional().describe('Where it leads'),
    ...settable,
  }),
  output: assetLink,
  example: { arguments: { ...shown.arguments, name: 'Notes' } },
});

export const deleteLink = operation({
  name: 'dataops_delete_release_link',
  route: `DELETE ${links}/{link}`,
  risk: 'deletes',
  question: 'Take the link {link} from the release {tag} of {project}?',
  describeLoss: lookAt(
    'link',
    () => getLink,
    ({ name, url }) => ({
      name: textOf(name),
      says: [textOf(url) && `It leads to ${textOf(url)}.`],
    }),
  ),
  summary: 'Take a link from a release. What it leads to stays.',
  input: z.strictObject(one),
  ...done,
  example: shown,
});
