import type { Clock } from '../base/clock.ts';
import { lazyObject } from '../base/lazy.ts';
import type { Signer } from '../base/signer.ts';
import type { Config } from '../config/config.ts';
import type { StoredResult } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import { type Download, type DownloadLink, downloadLink, readDownloadLink } from '../results/transfer/download-link.ts';
import { resultsFolder } from './results-folder.ts';

/** Links to stored results, which this server answers itself where it is reached over HTTP. */
export class Downloads {
  /** Address of the folder that links stand in; empty where nobody listens. */
  base = '';
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #signer: Signer;

  constructor(config: Config, clock: Clock, signer: Signer) {
    this.#config = config;
    this.#clock = clock;
    this.#signer = signer;
  }

  /** Undefined over stdio, and for what no tool may show. */
  linkTo(result: StoredResult, callerId: string): DownloadLink | undefined {
    if (this.base === '' || result.isSecret) return undefined;
    return downloadLink(result, { base: this.base, signer: this.#signer, callerId, now: this.#clock.now() });
  }

  read(token: string): Download | undefined {
    return readDownloadLink(token, this.#signer);
  }

  /** The results of the owner whose folder is called so. */
  storeOf(folder: string): ResultStore {
    return lazyObject(async () => {
      const { openResultStore } = await import('../results/store/store.ts');
      const directory = resultsFolder(this.#config);
      return openResultStore({ directory, clock: this.#clock, ...(folder === '' ? {} : { folder }) });
    });
  }
}
