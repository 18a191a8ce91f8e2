import type { Column } from './result.ts';

const fewestDigits = 6;
const mostDigits = 15;

/**
 * A figure that was calculated, in as many digits as its column needs: a mean of northings that differ by metres says
 * more than six of them.
 */
export function roundFigure(value: number, { min, max }: Partial<Pick<Column, 'min' | 'max'>>): number {
  const range = Number(max) - Number(min);
  const ratio = range > 0 ? Math.abs(value) / range : 0;
  const digits = ratio > 1 ? Math.ceil(Math.log10(ratio)) + fewestDigits - 1 : fewestDigits;
  return Number(value.toPrecision(Math.min(mostDigits, Math.max(fewestDigits, digits))));
}
