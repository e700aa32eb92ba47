import * as z from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

const pattern = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m)$/;

const millisecondsOf = (text: string): number => {
  const [, amount = '', unit = ''] = pattern.exec(text) ?? [];
  return Math.round(Number(amount) * (units[unit] ?? 0));
};

/** A duration as people write it (`500ms`, `60s`, `1.5m`), parsed to milliseconds; more than none, and `longest` at most. */
export const durationSchema = (longest: string) =>
  z
    .string()
    .regex(pattern, 'is not a duration, such as 500ms, 60s or 2m')
    .transform(millisecondsOf)
    .refine((milliseconds) => milliseconds > 0, 'is no time at all')
    .refine((milliseconds) => milliseconds <= millisecondsOf(longest), `is longer than ${longest}`);
