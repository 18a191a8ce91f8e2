import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Optional dependencies, and whether they are there. */
export interface Parts {
  duckdb: boolean;
  resvg: boolean;
}

export interface Part {
  package: string;
  /** What there is not without it. */
  tools: readonly string[];
}

const optionalParts: Record<keyof Parts, Part> = {
  duckdb: { package: '@duckdb/node-api', tools: ['query_result'] },
  resvg: { package: '@resvg/resvg-js', tools: ['chart_result'] },
};

/** What is not there, what it is for, and how to get it. */
export function missingParts(parts: Parts): { package: string; tools: readonly string[]; hint: string }[] {
  return Object.entries(optionalParts)
    .filter(([name]) => !parts[name as keyof Parts])
    .map(([, part]) => ({
      ...part,
      hint: `Run npm install ${part.package} where data-platforms-mcp is installed (npm leaves it out with --omit=optional), and start this server again.`,
    }));
}

/** Looks where the packages would be; loads none of them. */
export function installedParts(): Parts {
  const { resolve } = createRequire(join(import.meta.dirname, 'program.js'));
  const isThere = ({ package: name }: Part) => {
    // Resolving takes a ms, and it is the last word only where packages are kept in some other way.
    if (resolve.paths(name)?.some(folder => existsSync(join(folder, name, 'package.json')))) return true;
    try {
      return resolve(name) !== '';
    } catch {
      return false;
    }
  };
  return { duckdb: isThere(optionalParts.duckdb), resvg: isThere(optionalParts.resvg) };
}
