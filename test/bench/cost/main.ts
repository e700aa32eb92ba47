import { join } from 'node:path';
import { pushService } from '#local/delivery.ts';
import { startFairlead } from '#local/fairlead.ts';
import { startCounting } from './count.ts';
import { costLines } from './table.ts';

const deliveries = 10;

/** `npm run cost`: what 1,000 deliveries cost on AWS, reckoned from some that run here. */
const fairlead = await startFairlead({
  config: join(import.meta.dirname, '../../../examples/acme/fairlead.yaml'),
  stage: 'dev',
});
try {
  const service = fairlead.config.services.find(({ source, build }) => source && build);
  if (service === undefined) throw new Error('The example has no service that is built.');
  const deliver = async (): Promise<void> => {
    await pushService(fairlead.github.url, service);
    await fairlead.idle();
  };
  await deliver(); // the first one meets cold starts, and secrets that nobody has read yet
  const count = startCounting(fairlead);
  for (let at = 0; at < deliveries; at += 1) await deliver();
  process.stdout.write(`${costLines(count(), deliveries).join('\n')}\n`);
} finally {
  await fairlead.close();
}
