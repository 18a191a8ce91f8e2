import type { Theme } from './plan.ts';

interface Colours {
  background: string;
  text: string;
  soft: string;
  grid: string;
  /** Of series: told apart in every common form of colour blindness (after Okabe and Ito). */
  series: string[];
  /** Of areas, up to nine kinds (after Paul Tol's "muted"). */
  kinds: string[];
  other: string;
}

export const colours: Record<Theme, Colours> = {
  light: {
    background: '#ffffff',
    text: '#1b1f24',
    soft: '#57606a',
    grid: '#e4e7eb',
    series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#b27d00', '#5b5b5b', '#8c2d87'],
    kinds: ['#88ccee', '#ddcc77', '#cc6677', '#44aa99', '#332288', '#aa4499', '#999933', '#882255', '#117733'],
    other: '#bbbbbb',
  },
  dark: {
    background: '#15181d',
    text: '#e8eaed',
    soft: '#a8b0ba',
    grid: '#2f353d',
    series: ['#56b4e9', '#ff8a3d', '#2fc49a', '#e79ac4', '#f0e442', '#9aa7ff', '#c9c9c9', '#d183c9'],
    kinds: ['#88ccee', '#ddcc77', '#cc6677', '#44aa99', '#7a6bd6', '#c46bb4', '#b5b54a', '#b8527f', '#4caf6a'],
    other: '#777777',
  },
};

/** For those who cannot see colours at all. */
export const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 4],
  [10, 4],
  [1, 3],
  [6, 2, 1, 2, 1, 2],
];

/** Vega-Lite's `config`: sizes that can be read at 800 pixels. */
export function themeConfig(theme: Theme): object {
  const { background, text, soft, grid, series } = colours[theme];
  const axis = {
    labelColor: soft,
    titleColor: text,
    domainColor: soft,
    tickColor: soft,
    gridColor: grid,
    labelFontSize: 12,
    titleFontSize: 13,
    titleFontWeight: 600,
    labelLimit: 140,
    titleLimit: 420,
    labelOverlap: true,
  };
  return {
    background,
    font: 'Inter, sans-serif',
    view: { stroke: null },
    mark: { color: series[0] },
    axis,
    legend: {
      labelColor: text,
      titleColor: text,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 600,
      labelLimit: 130,
    },
    title: {
      color: text,
      subtitleColor: soft,
      fontSize: 16,
      fontWeight: 600,
      subtitleFontSize: 12,
      subtitlePadding: 4,
      anchor: 'start',
      offset: 12,
      limit: 760,
    },
    header: { labelColor: text, titleColor: text, labelFontSize: 12 },
    range: { category: series },
    line: { strokeWidth: 1.8 },
    point: { size: 36, filled: true },
    rule: { color: soft },
    tick: { color: text },
  };
}
