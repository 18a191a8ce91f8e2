/** Units as columns are named after them; what is not here may be given. */
const units: [ending: RegExp, unit: string][] = [
  [/_?(?:percent|pct|perc)$/i, '%'],
  [/_g_?(?:per_?)?t$/i, 'g/t'],
  [/_ppm$/i, 'ppm'],
  [/_ppb$/i, 'ppb'],
  [/_kg_?(?:per_?)?m3$/i, 'kg/m³'],
  [/_mpa$/i, 'MPa'],
  [/_?(?:degrees|deg)$/i, '°'],
  [/_(?:per_metre|per_m)$/i, '1/m'],
  [/_(?:per_day)$/i, '1/day'],
  [/_(?:km)$/i, 'km'],
  [/_(?:mm)$/i, 'mm'],
  [/_(?:cm)$/i, 'cm'],
  [/_(?:ft|feet)$/i, 'ft'],
  [/_(?:m|metres|meters)$/i, 'm'],
  [/_(?:kg)$/i, 'kg'],
  [/_(?:ms|millis|milliseconds)$/i, 'ms'],
  [/_(?:s|sec|secs|seconds)$/i, 's'],
  [/_(?:min|mins|minutes)$/i, 'min'],
  [/_(?:h|hrs|hours)$/i, 'h'],
  [/_(?:days)$/i, 'days'],
  [/_(?:bytes)$/i, 'bytes'],
  [/_(?:mib)$/i, 'MiB'],
  [/_(?:usd)$/i, 'USD'],
  [/_(?:eur)$/i, 'EUR'],
];

const abbreviations = new Set([
  'rqd',
  'jrc',
  'id',
  'md',
  'tvd',
  'api',
  'url',
  'ai',
  'pr',
  'prs',
  'ci',
  'ucs',
  'is50',
  'p50',
  'p90',
  'p95',
  'p99',
]);

/** "rqd_percent" as people write it: "RQD (%)". */
export function labelOf(name: string, given: Readonly<Record<string, string>>): string {
  const unit = unitOf(name, given);
  const words = wordsOf(name, given);
  return unit === undefined ? words : `${words} (${unit})`;
}

/** The same without the unit. */
export function wordsOf(name: string, given: Readonly<Record<string, string>>): string {
  const ending = given[name] === undefined ? units.find(([form]) => form.test(name))?.[0] : undefined;
  const bare = (ending ? name.replace(ending, '') : name) || name;
  const words = bare
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[\s_]+/)
    .filter(Boolean)
    .map(word => (abbreviations.has(word.toLowerCase()) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The words in the middle of a sentence: "hole ID", but "RQD". */
export const inSentence = (words: string): string =>
  /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;

export function unitOf(name: string, given: Readonly<Record<string, string>>): string | undefined {
  return given[name] ?? units.find(([form]) => form.test(name))?.[1];
}

/** A depth whose unit nobody gave is in metres in this trade; only its name may say otherwise. */
export const depthUnits = (name: string, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  unitOf(name, given) === undefined ? { ...given, [name]: 'm' } : given;
