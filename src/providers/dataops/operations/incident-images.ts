import * as z from 'zod';
import { lookIn, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, id, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { issueThing } from './issues.ts';

const { path, thing, example: args } = issueThing;
const images = `${path}/metric_images`;

const image = z.looseObject({ id: z.number(), filename: z.string().nullish(), url: z.string().nullish() });
const one = { ...thing, image: id('Number of the picture', 'metric_images', 'dataops_list_incident_images') };
const caption = { url: text('Where it leads'), url_text: text('What stands below it') };
const example = { ...args, image: '1' };

export const listImages = operation({
  name: 'dataops_list_incident_images',
  route: `GET ${images}`,
  risk: 'reads',
  summary: 'List the pictures of measurements that an incident has.',
  words: 'metric images graphs of an incident',
  input: z.strictObject(thing),
  output: image,
  paging: pages(),
  example: { arguments: args },
});

export const addImage = operation({
  name: 'dataops_add_incident_image',
  route: `POST ${images}`,
  risk: 'adds',
  summary: 'Add a picture of measurements to an incident: a stored picture or a local file.',
  words: 'upload a graph chart screenshot to an incident',
  input: z.strictObject({
    ...thing,
    file: sourceArgument('Picture: result:// handle, or a local file the operator allowed').meta({ source: 'bytes' }),
    ...caption,
  }),
  output: image,
  example: { arguments: { ...args, file: 'result://local/chart', url_text: 'Load of the loader' } },
});

export const updateImage = operation({
  name: 'dataops_update_incident_image',
  route: `PUT ${images}/{image}`,
  risk: 'edits',
  summary: 'Change where a picture of an incident leads, and what stands below it.',
  input: z.strictObject({ ...one, ...caption }),
  output: image,
  example: { arguments: { ...example, url_text: 'Load at night' } },
});

export const deleteImage = operation({
  name: 'dataops_delete_incident_image',
  route: `DELETE ${images}/{image}`,
  risk: 'deletes',
  question: 'Delete the picture {image} of the issue {issue} of {project}?',
  describeLoss: lookIn(
    'image',
    () => listImages,
    'id',
    ({ filename, url_text }) => ({
      name: textOf(filename),
      says: [textOf(url_text) && `Below it stands "${textOf(url_text)}".`],
    }),
  ),
  summary: 'Delete a picture of an incident.',
  input: z.strictObject(one),
  ...done,
  example: { arguments: example },
});
