/** An interval of numbers; a limit that is open is not part of it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

const LIMIT = 5e9;
const DECIMALS = 6;
const DIGITS = 15;

/**
 * Why a number can't stand in a `numeric` or `anything-but`, or undefined. The limits are those of the user guide:
 * newer engines compare any double, but nothing promises that the service has one.
 */
export const problemOfNumber = (value: unknown): string | undefined => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (Math.abs(value) > LIMIT) return 'must be between -5e9 and 5e9';
  const [mantissa = '', exponent] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '').length;
  if (digits - 1 - Number(exponent) > DECIMALS || digits > DIGITS) {
    return `must have at most ${DECIMALS} decimals and ${DIGITS} digits`;
  }
  return undefined;
};

/** Reads `["=", n]`, `[">", n]`, `["<", n]`, or a range with its lower limit first, or says what is wrong. */
export const parseNumeric = (operand: unknown): Interval | { problem: string } => {
  if (!Array.isArray(operand)) return { problem: 'must be an array such as [">", 0, "<=", 5]' };
  const [operator, value, second, limit, ...more]: unknown[] = operand;
  const wrong = problemOfNumber(value) ?? (operand.length > 2 ? problemOfNumber(limit) : undefined);
  if (wrong !== undefined) return { problem: `has a limit that ${wrong}` };
  const one = Number(value);
  if (operand.length === 2) return parseComparison(operator, one);
  const isRange = (operator === '>' || operator === '>=') && (second === '<' || second === '<=');
  if (!isRange || more.length > 0) return { problem: 'must be one comparison, or ">" or ">=" and then "<" or "<="' };
  const two = Number(limit);
  if (one >= two) return { problem: 'must have a lower limit that is less than its upper limit' };
  return { low: one, high: two, openLow: operator === '>', openHigh: second === '<' };
};

const parseComparison = (operator: unknown, value: number): Interval | { problem: string } => {
  const above = { low: value, high: Number.POSITIVE_INFINITY, openHigh: false };
  const below = { low: Number.NEGATIVE_INFINITY, high: value, openLow: false };
  if (operator === '=') return { low: value, high: value, openLow: false, openHigh: false };
  if (operator === '>' || operator === '>=') return { ...above, openLow: operator === '>' };
  if (operator === '<' || operator === '<=') return { ...below, openHigh: operator === '<' };
  return { problem: `has an unknown comparison: ${JSON.stringify(operator)}` };
};

export const isInside = ({ low, high, openLow, openHigh }: Interval, value: number): boolean =>
  (openLow ? value > low : value >= low) && (openHigh ? value < high : value <= high);
