import { branchPushed } from '#events/source-control.ts';
import type { Pipelines } from '#shared/clients/codepipeline.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { refuseConfiguration } from '#shared/config/refused.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { decide, queued, type Start } from './decide.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly pipelines: Pick<Pipelines, 'start'>;
}

/** The most reasons in one line of the log. */
const mostReasons = 20;

/** A pipeline that does not start must not keep the others from starting: what failed is told in the end. */
const failureOf = (failures: readonly { start: Start; error: unknown }[]): Upstream => {
  const messages = failures.map(
    ({ start, error }) =>
      `${start.services.map(({ name }) => name).join(', ')}: ${error instanceof Error ? error.message : String(error)}`,
  );
  return new Upstream(messages.join(' '), { cause: failures[0]?.error });
};

export const createHandler = ({ runtime, config, pipelines }: Dependencies) =>
  onEvent(runtime, fromBus(branchPushed), async function* (push, signal) {
    const { starts, refused, reasons } = decide(push, await config());
    for (const service of refused) yield refuseConfiguration(push, runtime.name, service);

    const failures: { start: Start; error: unknown }[] = [];
    for (const start of starts) {
      const execution = await pipelines.start(start, signal).catch((error: unknown) => {
        failures.push({ start, error });
      });
      if (!execution) continue;
      for (const service of start.services) yield queued(push, start, service, execution);
    }
    if (failures.length > 0) throw failureOf(failures);
    return skip(reasons.slice(0, mostReasons).join('; '));
  });
