import { executionUrl, type Pipelines } from '#shared/clients/codepipeline.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { fromAws } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { emit, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { createOrigins, type Home, isAt } from './origin.ts';
import { stateChangeSchema } from './state-change.ts';
import { phaseOf, translate } from './translate.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly deliveries: Pick<Deliveries, 'bySubject'>;
  readonly pipelines: Pick<Pipelines, 'revisions'>;
  /** Where CodePipeline can be asked. Elsewhere only what the log knows can be told. */
  readonly home: Home;
}

export const createHandler = ({ runtime, config, deliveries, pipelines, home }: Dependencies) => {
  const findOrigins = createOrigins({ deliveries, pipelines, home });

  return onEvent(runtime, fromAws(stateChangeSchema), async (change, signal) => {
    const { pipeline, state, 'execution-id': execution } = change.detail;
    const phase = phaseOf(state);
    if (phase === undefined) return skip(`${state} neither begins nor ends anything`);
    const services = (await config()).services.filter(({ build }) => build?.codepipeline.pipeline === pipeline);
    if (services.length === 0) return skip(`no service is built by the pipeline ${pipeline}`);

    const origins = await findOrigins(change, services, signal);
    if (origins.length === 0 && !isAt(home, change)) {
      const { account, region } = change;
      return skip(
        `${pipeline} runs in ${account}, ${region}, where CodePipeline cannot be asked which commit ${execution} builds`,
      );
    }
    if (origins.length === 0) return skip(`${execution} of ${pipeline} built no commit of a configured source`);
    const uri = executionUrl(change.region, pipeline, execution);
    return emit(...origins.map((origin) => translate(change, phase, uri, origin)));
  });
};
