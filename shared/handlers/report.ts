import type { Summary } from './outcome.ts';
import type { Runtime } from './runtime.ts';

/** One line and one count for what an invocation did: the answer to "what happened?" and to "why did nothing happen?". */
export const report = ({ logger, metrics }: Runtime, { published, skipped }: Summary): void => {
  if (skipped !== undefined) {
    logger.info('SKIPPED', { reason: skipped });
    metrics.addMetric('Skipped', 'Count', 1);
    return;
  }
  logger.info('DONE', { published });
  metrics.addMetric('Published', 'Count', published.length);
};
