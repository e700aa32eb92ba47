import { incidentDetected } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import { type ConfigSource, environmentOf } from '#shared/config/config.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { decide } from './decide.ts';
import { createHistory, type Log } from './history.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  /** As commands name it. */
  readonly stage: string;
  readonly deliveries: Log;
  /** How long after a failure what was verified before may still be on its way to the log, in milliseconds. */
  readonly verifiedGrace: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const createHandler = ({ runtime, config, stage, deliveries, verifiedGrace, now }: Dependencies) => {
  const history = createHistory(deliveries);

  return onEvent(runtime, fromBus(testSuiteRunFinished, incidentDetected), async (failure) => {
    if (failure.outcome === 'success') return skip('the suite passed');
    const origin = await history.origin(failure);
    if (!origin) return skip(`${failure.subject} is about no commit of ours`);
    const { service, environment: named } = origin.commit.data.subject.content;
    const configuration = await config();
    const environment = environmentOf(configuration, { service: service.id, environment: named.id });
    if (!environment) return skip(`${service.id} has no environment ${named.id} in the configuration`);

    const facts = await history.facts(failure, origin, { environment, config: configuration });
    const isYoung = now() - Date.parse(failure.time) < verifiedGrace;
    const decided = decide(failure, facts, { environment, config: configuration, stage, isYoung });
    if ('waitsFor' in decided) throw new Upstream(`${origin.commit.subject} waits: ${decided.waitsFor}.`);
    if (decided.events.length === 0) return decided;
    return emit(...(await Promise.all(decided.events.map(history.settle))));
  });
};
