import type { Model } from '../template/model.ts';
import { createEmptyEcr } from './ecr-service.ts';
import { type JsonService, serviceOf } from './endpoint/json-service.ts';
import { createEvents } from './events-service.ts';
import type { Queues } from './sqs/queues.ts';
import { createSqs } from './sqs/service.ts';
import type { Parameters } from './ssm/parameters.ts';
import { createSsm } from './ssm/service.ts';

export interface ServicesOptions {
  readonly model: Model;
  readonly queues: Queues;
  readonly parameters: Parameters;
  readonly dynamoDb: JsonService;
  putEvents(entries: unknown): unknown;
  queueDeleted(queueArn: string): void;
}

/** The services that are always there, by the prefix of their `X-Amz-Target`; stand-ins add theirs. */
export const createServices = ({ model, queues, parameters, dynamoDb, putEvents, queueDeleted }: ServicesOptions) =>
  new Map<string, JsonService>([
    ['AWSEvents', serviceOf(createEvents(putEvents, model))],
    ['AmazonSQS', serviceOf(createSqs(queues, queueDeleted))],
    ['AmazonSSM', serviceOf(createSsm(parameters, model))],
    ['AmazonEC2ContainerRegistry_V20150921', serviceOf(createEmptyEcr())],
    ['DynamoDB_20120810', dynamoDb],
  ]);
