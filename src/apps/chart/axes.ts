import { svg } from '../core/dom.ts';

/** Where values stand, in pixels. */
export interface Scale {
  domain: [number, number];
  at(value: number): number;
  ticks: number[];
}

/** From one end of the pixels to the other; `nice`: the ends are round figures. */
export function linear([from, to]: [number, number], [start, end]: [number, number], isNice = false, many = 5): Scale {
  let [least, most] = from === to ? [from - 0.5, to + 0.5] : [from, to];
  const step = stepOf((most - least) / many);
  if (isNice) [least, most] = [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.max(0, Math.floor(most / step + 1e-9) - first + 1);
  const ticks = Array.from({ length: count }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { domain: [least, most], at: value => start + ((value - least) / (most - least)) * (end - start), ticks };
}

/** 1, 2 or 5 times a power of ten. */
function stepOf(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
}

export interface Look {
  text: string;
  soft: string;
  grid: string;
}

const fontSize = 11;

export const label = (
  words: string,
  x: number,
  y: number,
  colour: string,
  more: Record<string, string | number> = {},
) => svg('text', { x, y, fill: colour, 'font-size': fontSize, ...more }, words);

/** Lines across the picture, with their figures. */
export function axisLeft(
  scale: Scale,
  [left, right]: [number, number],
  { soft, grid }: Look,
  words: (value: number) => string = String,
) {
  return scale.ticks.flatMap(tick => {
    const y = scale.at(tick);
    return [
      svg('line', { x1: left, x2: right, y1: y, y2: y, stroke: grid }),
      label(words(tick), left - 5, y + 4, soft, { 'text-anchor': 'end' }),
    ];
  });
}

export function axisAcross(
  scale: Scale,
  [top, bottom]: [number, number],
  at: number,
  { soft, grid }: Look,
  words: (value: number) => string = String,
) {
  return scale.ticks.flatMap(tick => {
    const x = scale.at(tick);
    return [
      svg('line', { x1: x, x2: x, y1: top, y2: bottom, stroke: grid }),
      label(words(tick), x, at, soft, { 'text-anchor': 'middle' }),
    ];
  });
}

/** As wide as a text is, roughly: a page has no figures of the client's font. */
export const roomOf = (words: string) => words.length * fontSize * 0.64;

export const cut = (words: string, room: number) => {
  const most = Math.max(1, Math.floor(room / (fontSize * 0.64)));
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
};
