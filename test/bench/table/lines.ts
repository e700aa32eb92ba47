import type { Measured, Ratio } from '../rows/row.ts';
import type { Cell } from './cell.ts';

export const heads = ['what', 'Fairlead', 'rival', 'others', 'floor', 'ratio', 'to reach', 'reached'];

/** `1.53`, `17.2`, `149`: three digits. */
const digits = ({ value, whole = false }: Ratio): string => {
  if (whole) return String(value);
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
};

const time = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** `236 ms (7+3)`: requests and connections. */
const shown = ({ ms, requests, connections }: Cell): string => `${time(ms)} (${requests}+${connections})`;

const named = (cell: Cell): string => `${cell.name}: ${shown(cell)}`;

const goal = ({ atLeast, atMost }: Ratio): string => {
  if (atLeast !== undefined) return `≥ ${atLeast}`;
  return atMost === undefined ? '–' : `≤ ${Number(atMost.toFixed(2))}`;
};

/** Undefined where nothing is to be reached. */
export const isReached = ({ value, atLeast, atMost }: Ratio): boolean | undefined => {
  if (atLeast === undefined && atMost === undefined) return undefined;
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
};

const answers = { true: 'yes', false: 'no', undefined: '–' };

export const lineOf = (what: string, { ours, rival, others, floor, ratios }: Measured): string[] => [
  what,
  shown(ours),
  named(rival),
  others.map(named).join('; ') || '–',
  floor === undefined ? '–' : shown(floor),
  ratios.map((ratio) => `${digits(ratio)} ${ratio.of}`).join('; '),
  ratios.map(goal).join('; '),
  ratios.map((ratio) => answers[`${isReached(ratio)}`]).join('; '),
];
