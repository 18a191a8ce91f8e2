import { type Operation, routeOf } from '../../src/operations/operation.ts';

/** The end of a target that the operation's request goes to. */
export function targetOf(operation: Operation): RegExp {
  const { path } = routeOf(operation);
  const parts = path
    .split(/(\{\w+\*?\})/)
    .map(part => (part.startsWith('{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`${parts.join('')}(\\?|$)`);
}

/** Arguments about something of the seed, where an example is about what no seed has. */
export const examplesWithSeed: Readonly<Record<string, Record<string, unknown>>> = {
  datagrok_upload_file: { source: [{ a: 1 }] },
  datagrok_upload_table: { source: [{ a: 1 }] },
  datamin_run_pipeline: { pipeline: 'Nightly revenue sync' },
  dataops_add_incident_image: { file: [{ a: 1 }] },
  dataops_play_schedule: { schedule: 'Nightly full load' },
};
