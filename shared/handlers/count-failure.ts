import { SecretMissing } from './errors.ts';
import type { Publishing } from './publishing.ts';

/** Deeper than this no error of ours is wrapped, and a circle has no end. */
const deepest = 10;

const isCausedBySecret = (error: unknown, depth = 0): boolean =>
  depth < deepest &&
  error instanceof Error &&
  (error instanceof SecretMissing || isCausedBySecret(error.cause, depth + 1));

/** Counts what a failure says beyond that it is one: the alarm secret-missing stands on it. */
export const countFailure = ({ metrics }: Pick<Publishing, 'metrics'>, error: unknown): void => {
  if (isCausedBySecret(error)) metrics.addMetric('SecretMissing', 'Count', 1);
};
