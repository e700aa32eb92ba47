import type { Summary } from './outcome.ts';
import type { Publishing } from './publishing.ts';

/** One line and one count for what an invocation did: the answer to "what happened?" and to "why did nothing happen?". */
export const report = (
  { logger, metrics }: Pick<Publishing, 'logger' | 'metrics'>,
  { published, skipped }: Summary,
): void => {
  if (skipped !== undefined) {
    logger.info('SKIPPED', { reason: skipped });
    metrics.addMetric('Skipped', 'Count', 1);
    return;
  }
  logger.info('DONE', { published });
  metrics.addMetric('Published', 'Count', published.length);
};
