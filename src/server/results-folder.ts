import { Fault, isFault } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { checkFolder } from '../results/store/claim.ts';
import { defaultResultsDirectory } from '../results/store/places.ts';

/** The same with a folder of results, where the operator named none. */
export async function withResultsFolder(config: Config): Promise<Config> {
  if (config.results_dir !== undefined) return config;
  const results_dir = await defaultResultsDirectory().catch(() => undefined);
  return results_dir === undefined ? config : { ...config, results_dir };
}

/** Where results are stored. @throws Fault `not_configured` where the user has no home folder either */
export function resultsFolder({ results_dir }: Pick<Config, 'results_dir'>): string {
  if (results_dir !== undefined) return results_dir;
  throw new Fault({
    code: 'not_configured',
    message: 'There is no folder for results: none is set, and this user has no home folder.',
    hint: 'Set DATA_PLATFORMS_RESULTS_DIR or --results-dir to a folder that only this server uses.',
  });
}

/**
 * A folder that was named for results and holds other things. Whatever else is wrong with it is told by who uses it.
 * @throws Fault `not_configured`
 */
export function refuseForeignFolder({ results_dir }: Pick<Config, 'results_dir'>): void {
  try {
    if (results_dir !== undefined) checkFolder(results_dir);
  } catch (error) {
    if (isFault(error)) throw error;
  }
}
