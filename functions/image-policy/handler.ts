import { artifactPublished } from '#events/images.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { refuseConfiguration } from '#shared/config/refused.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { decide, requested } from './decide.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
}

/** The most reasons in one line of the log. */
const mostReasons = 20;

export const createHandler = ({ runtime, config }: Dependencies) =>
  onEvent(runtime, fromBus(artifactPublished), async (published) => {
    const { wanted, refused, reasons } = decide(published, await config());
    if (wanted.length === 0 && refused.length === 0) return skip(reasons.slice(0, mostReasons).join('; '));
    return emit(
      ...wanted.map((place) => requested(published, place)),
      ...refused.map((service) => refuseConfiguration(published, runtime.name, service)),
    );
  });
