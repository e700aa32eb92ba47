import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createLostImages } from '#shared/clients/lost-images.ts';
import { createDeliveries } from '#shared/deliveries/deliveries.ts';
import { optionsFor } from '../aws/connect.ts';
import { explain } from '../aws/explain.ts';
import { choosesAws, findLocalFairlead } from '../aws/local-fairlead.ts';
import type { ImagePlace } from './images.ts';

/** A stage's log and its ecr-events, and the registries, on AWS or on this machine. Its errors are `Failure`s that say what to do. */
export const openImagePlace = async (
  stage: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ImagePlace & { readonly local?: string | undefined }> => {
  const local = choosesAws(environment) ? undefined : await findLocalFairlead(stage);
  const options = optionsFor(local);
  const lambda = new LambdaClient(options);
  const explained = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error, { stage, endpoint: local?.endpoint ?? environment.AWS_ENDPOINT_URL });
    }
  };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  const deliveries = createDeliveries(table, `fairlead-${stage}-deliveries`);
  const registries = new Map<string, ECRClient>();
  const registryIn = (region: string): ECRClient => {
    const client = registries.get(region) ?? new ECRClient(local ? options : { ...options, region });
    registries.set(region, client);
    return client;
  };
  const lost = createLostImages({ registryIn, lambda, stage });
  return {
    local: local?.endpoint,
    pushed: (repository, since) => explained(() => lost.pushed(repository, since)),
    about: (subject) => explained(() => deliveries.bySubject(subject)),
    tell: (image) => explained(() => lost.tell(image)),
  };
};
