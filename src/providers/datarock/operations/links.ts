import type { OperationContext } from '../../../operations/operation.ts';
import { type ExportPage, isReady, readExport } from './status.ts';

type Hole = ExportPage['artefacts']['data'][number];

/** A hole of an export, as the status showed it that the download began with. */
export interface Source {
  id: string;
  hole: Hole;
}

/** Fresh links by hole. */
type Reading = Promise<ReadonlyMap<string, string>>;

/** The links of exports. Many lapse at once; they share one reading of the status, which brings fresh ones. */
export class Links {
  readonly #context: OperationContext;
  /** The latest of each export; none until a link has lapsed. */
  readonly #readings = new Map<string, Reading>();
  /** Which reading the link of a hole came from. */
  readonly #origins = new WeakMap<Hole, Reading | undefined>();

  constructor(context: OperationContext) {
    this.#context = context;
  }

  /** @throws Fault when the status has to be read for it and cannot be */
  async of({ id, hole }: Source): Promise<string> {
    const expiry = hole.linkExpiryTime ?? Number.POSITIVE_INFINITY;
    if (!this.#readings.has(id) && expiry * 1000 <= this.#context.clock.now()) this.#read(id);
    const reading = this.#readings.get(id);
    this.#origins.set(hole, reading);
    return ((await reading)?.get(hole.holeId) ?? hole.url) as string;
  }

  /** The link was refused. Of many that are refused alike, one has the status read. */
  renew({ id, hole }: Source): void {
    if (this.#readings.get(id) === this.#origins.get(hole)) this.#read(id);
  }

  #read(id: string): void {
    const reading = this.#links(id, this.#readings.get(id));
    this.#readings.set(id, reading);
    // What could not be read now may be read for the next one who asks.
    reading.catch(() => {
      if (this.#readings.get(id) === reading) this.#readings.delete(id);
    });
  }

  async #links(id: string, before: Reading = Promise.resolve(new Map())): Reading {
    const { artefacts } = await readExport(id, this.#context, { fresh: true });
    const fresh = artefacts.data.filter(isReady).map(({ holeId, url }) => [holeId, url as string] as const);
    return new Map([...(await before), ...fresh]);
  }
}
