import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AnyEvent } from '#events/event.ts';
import { createPublisher } from '#shared/clients/publisher.ts';
import { createFailureQueue, type FailureQueue } from '../failures/failure-queue.ts';
import { createSendBack, type SendBack } from '../failures/send-back.ts';
import { createTable, type Table } from '../place/table.ts';
import { awsCaller, osUser } from './caller.ts';
import { explain, type Where } from './explain.ts';
import { choosesAws, findLocalFairlead, type LocalFairlead } from './local-fairlead.ts';

/** A stage of Fairlead, on AWS or on this machine. Its errors are `Failure`s that say what to do. */
export interface Stage extends Table {
  /** The URL of the local Fairlead, where that is used unasked. */
  readonly local?: string | undefined;
  readonly bus: string;
  /** What lies in the failure queue, and how it goes back to where it failed. */
  readonly failures: FailureQueue & { readonly sendBack: SendBack };
  publish(event: AnyEvent): Promise<void>;
  /** The name of who is calling. */
  caller(): Promise<string>;
}

/** Milliseconds. */
const connectionTimeout = 5000;
const publishingTimeout = 30_000;

/** What the SDK's chain would look for; a local Fairlead takes anything, and names what it has by its region. */
export const optionsFor = (local: LocalFairlead | undefined) => ({
  requestHandler: { connectionTimeout },
  ...(local && {
    endpoint: local.endpoint,
    region: local.region ?? 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
});

export const connect = async (
  stage: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Stage> => {
  const local = choosesAws(environment) ? undefined : await findLocalFairlead(stage);
  const options = optionsFor(local);
  const dynamodb = new DynamoDBClient(options);
  let where: Where = { stage, endpoint: local?.endpoint ?? environment.AWS_ENDPOINT_URL };

  const explained = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error, where);
    }
  };

  where = { ...where, region: await explained(() => dynamodb.config.region()) };
  const table = createTable(DynamoDBDocumentClient.from(dynamodb), `fairlead-${stage}-deliveries`);
  const bus = `fairlead-${stage}`;
  const publish = createPublisher(new EventBridgeClient(options), bus);

  // Else the client would go to the host in a queue's URL, past any other endpoint that its environment names.
  const sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
  const failures = createFailureQueue(sqs, stage);
  const sendBack = createSendBack({ sqs, lambda: new LambdaClient(options) });

  return {
    local: local?.endpoint,
    bus,
    failures: {
      take: (...limits) => explained(() => failures.take(...limits)),
      release: (messages) => explained(() => failures.release(messages)),
      remove: (message) => explained(() => failures.remove(message)),
      inHands: () => explained(() => failures.inHands()),
      sendBack: (failed) => explained(() => sendBack(failed)),
    },
    history: (service, name) => explained(() => table.history(service, name)),
    somePlaces: () => explained(() => table.somePlaces()),
    publish: (event) => explained(() => publish([event], AbortSignal.timeout(publishingTimeout))),
    caller: async () => (local ? osUser() : explained(() => awsCaller(new STSClient(options)))),
  };
};
