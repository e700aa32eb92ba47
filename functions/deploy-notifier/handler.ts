import type { AnyEvent } from '#events/event.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { fromBusAny } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import type { createAnnouncer } from './announce.ts';
import { decide } from './decide.ts';

interface Dependencies {
  runtime: Runtime;
  config: ConfigSource;
  deliveries: {
    append(event: AnyEvent): Promise<boolean>;
    chain(chain: string): Promise<readonly AnyEvent[]>;
  };
  announce: ReturnType<typeof createAnnouncer>;
}

export const createHandler = ({ runtime, config, deliveries, announce }: Dependencies) =>
  onEvent(runtime, fromBusAny, async (event, signal) => {
    // Appended before the chain is read: of two notifiers at once, the later reader sees both events.
    await deliveries.append(event);
    const { notices, reasons } = decide(event, await deliveries.chain(event.data.context.chainId), await config());
    const told = await Promise.allSettled(notices.map((notice) => announce(notice, event.id, signal)));
    const failed = told.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    const gone = notices.filter((_, index) => told[index]?.status === 'fulfilled' && told[index].value === 'gone');
    const skipped = [...reasons, ...gone.map(({ service }) => `the message about ${service} was deleted in Slack`)];
    if (skipped.length > 0 && gone.length < notices.length) runtime.logger.info('NOT_TOLD', { reasons: skipped });
    return gone.length === notices.length ? skip(skipped.join('; ')) : emit();
  });
