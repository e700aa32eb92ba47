import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createPublisher } from '#shared/clients/publisher.ts';
import type { Publish } from './outcome.ts';

/** What every function has, and all that a webhook needs: kept apart from `Runtime` because cold starts count there. */
export interface Publishing {
  /** The function's name, which is its folder's. */
  readonly name: string;
  readonly publish: Publish;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export const createPublishing = (
  name: string,
  environment: { readonly STAGE: string; readonly EVENT_BUS: string },
  { eventBridge }: { readonly eventBridge: EventBridgeClient },
): Publishing => {
  const logger = new Logger({ serviceName: name, persistentLogAttributes: { stage: environment.STAGE } });
  return {
    name,
    logger,
    metrics: new Metrics({
      namespace: 'Fairlead',
      serviceName: name,
      defaultDimensions: { stage: environment.STAGE },
      logger,
    }),
    publish: createPublisher(eventBridge, environment.EVENT_BUS),
  };
};
