import type { AnyEvent } from '#events/event.ts';
import { type ConfigSource, environmentOf } from '#shared/config/config.ts';
import type { DeploymentChange } from '#shared/deliveries/deployment.ts';
import { fromBusAny } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { decide, decideVerified, mayVerify } from './decide.ts';

interface Dependencies {
  runtime: Runtime;
  config: ConfigSource;
  deliveries: {
    append(event: AnyEvent): Promise<boolean>;
    chain(chain: string): Promise<readonly AnyEvent[]>;
    record(change: DeploymentChange): Promise<boolean>;
  };
}

export const createHandler = ({ runtime, config, deliveries }: Dependencies) => {
  /** Where there are no checks, health is proof enough; where there is no configuration any more, nothing is. */
  const verified = async (event: AnyEvent): Promise<DeploymentChange | undefined> => {
    if (!mayVerify(event)) return undefined;
    const configuration = await config();
    const chain = await deliveries.chain(event.data.context.chainId);
    return decideVerified(event, chain, (place) => environmentOf(configuration, place)?.smoke.length !== 0);
  };

  return onEvent(runtime, fromBusAny, async (event) => {
    const appended = await deliveries.append(event);
    // Also where the event is known: whoever appended it may have crashed before this.
    const changes = [decide(event), await verified(event)].filter((change) => change !== undefined);
    const recorded = await Promise.all(changes.map((change) => deliveries.record(change)));
    return appended || recorded.includes(true) ? emit() : skip('it is in the log already');
  });
};
