import type { AnyEvent } from '#events/event.ts';
import type { DeploymentChange } from '#shared/deliveries/deployment.ts';
import { fromBusAny } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { decide } from './decide.ts';

interface Dependencies {
  runtime: Runtime;
  deliveries: {
    append(event: AnyEvent): Promise<boolean>;
    record(change: DeploymentChange): Promise<boolean>;
  };
}

export const createHandler = ({ runtime, deliveries }: Dependencies) =>
  onEvent(runtime, fromBusAny, async (event) => {
    const appended = await deliveries.append(event);
    const change = decide(event);
    // Also where the event is known: whoever appended it may have crashed before this.
    const recorded = change !== undefined && (await deliveries.record(change));
    return appended || recorded ? emit() : skip('it is in the log already');
  });
