import { asOnAws, type Delays, type Faults, faultless } from './aws/behaviour.ts';
import { createBuses } from './aws/buses.ts';
import { createClosers } from './aws/closers.ts';
import { startDynamoDb } from './aws/dynamodb/service.ts';
import { createEndpoint, type ObservedCall } from './aws/endpoint/endpoint.ts';
import type { JsonService } from './aws/endpoint/json-service.ts';
import { createHttpApi } from './aws/http-api/http-api.ts';
import { listen } from './aws/listen.ts';
import { createObservers, type Subscribe } from './aws/observers.ts';
import { type Buckets, createBuckets } from './aws/s3/buckets.ts';
import { createServices } from './aws/services.ts';
import { toMappedQueue } from './aws/sqs/mapped-queue.ts';
import { createQueues } from './aws/sqs/queues.ts';
import { createParameters, type Parameters } from './aws/ssm/parameters.ts';
import type { EventBuses } from './eventbridge/bus.ts';
import type { Loss } from './eventbridge/delivery.ts';
import { type Activity, createActivity } from './lambda/activity.ts';
import type { Failure } from './lambda/asynchronous.ts';
import type { LogLine } from './lambda/environments.ts';
import type { Invocation } from './lambda/invoke.ts';
import { createLambda } from './lambda/lambda.ts';
import { startQueueMappings } from './lambda/queue-mappings.ts';
import type { Model } from './template/model.ts';
import { readTemplate } from './template/read-template.ts';

export interface CloudOptions {
  /** The folder that `serverless package` wrote. */
  readonly packaged: string;
  readonly account?: string;
  readonly region?: string;
  readonly stackName?: string;
  /** What other stacks export, for `Fn::ImportValue`. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Free ports unless given. */
  readonly ports?: { readonly endpoint?: number; readonly api?: number };
  /** At most so many environments of one function at once. */
  readonly concurrency?: number;
  readonly delays?: Partial<Delays>;
  readonly faults?: Partial<Faults>;
}

export interface Cloud {
  /** The URL of all AWS services: `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** The URL of the HTTP API. */
  readonly api: string | undefined;
  readonly model: Model;
  /** Runs a function by its name or ARN and waits for what comes of it. */
  invoke(name: string, payload: unknown): Promise<Invocation>;
  readonly putEvents: EventBuses['putEvents'];
  /** For stand-ins of AWS services, whose sources begin with `aws.`. */
  readonly putServiceEvents: EventBuses['putServiceEvents'];
  readonly parameters: Parameters;
  readonly buckets: Buckets;
  /** Adds services of the JSON protocols, by the prefix of their `X-Amz-Target`. */
  mount(services: Readonly<Record<string, JsonService>>): void;
  /** Resolves when no event, message of a mapped queue, invocation or retry is in flight. */
  idle(): Promise<void>;
  readonly onEvent: EventBuses['subscribe'];
  readonly onInvocation: Subscribe<Invocation>;
  readonly onLog: Subscribe<LogLine>;
  readonly onCall: Subscribe<ObservedCall>;
  /** An asynchronous event that a function failed on for good. */
  readonly onFailure: Subscribe<Failure>;
  /** An event that reached neither a rule's target nor a dead-letter queue. */
  readonly onLost: Subscribe<Loss>;
  close(): Promise<void>;
}

/** Runs a packaged stack: its functions, rules, queues, tables and API, in this process and on loopback. */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const closers = createClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
};

const start = async (options: CloudOptions, closers: ReturnType<typeof createClosers>): Promise<Cloud> => {
  const { packaged, account = '111122223333', region = 'eu-west-1', stackName = 'local', imports = {} } = options;
  const { ports = {}, concurrency = 10 } = options;
  const delays = { ...asOnAws, ...options.delays };
  const faults = { ...faultless, ...options.faults };
  const observers = createObservers();
  const activity = createActivity();

  // The template's queue URLs say where the endpoint is, so it has to listen before it can answer.
  const answering = Promise.withResolvers<ReturnType<typeof createEndpoint>>();
  const endpoint = await listen(ports.endpoint ?? 0, async (request, response) =>
    (await answering.promise)(request, response),
  );
  closers.add(endpoint.close);
  const model = readTemplate(packaged, { account, region, stackName, imports, queueUrlBase: endpoint.url });

  const queues = createQueues(model, delays.queueSeconds);
  closers.add(queues.close);
  const dynamoDb = await startDynamoDb(model.tables);
  closers.add(dynamoDb.close);
  const lambda = await createLambda({
    model,
    endpoint: endpoint.url,
    activity,
    concurrency,
    retryDelay: delays.invocationRetry,
    milliseconds: delays.functionSeconds,
    send: (queueArn, body) => void queues.byArn(queueArn).send({ body }),
    onInvocation: observers.invocations.tell,
    onFailure: observers.failures.tell,
    onLog: observers.logs.tell,
  });
  closers.add(lambda.close);
  const buses = createBuses({ model, lambda, queues, activity, delays, faults, observers });
  closers.add(buses.close);

  const { putEvents, putServiceEvents } = buses;
  const parameters = createParameters();
  const buckets = createBuckets();
  for (const { name, versioning } of model.buckets) buckets.ensure(name, versioning);
  const services = createServices({ model, queues, parameters, dynamoDb: dynamoDb.service, putEvents });
  answering.resolve(
    createEndpoint({ model, lambda, services, buckets, crash: faults.crash, onCall: observers.calls.tell }),
  );

  const queueOf = (arn: string) => toMappedQueue(queues.byArn(arn));
  const milliseconds = delays.queueSeconds;
  closers.add(startQueueMappings({ model, lambda, activity, concurrency, queueOf, milliseconds }).close);
  const api = model.httpApi && (await listen(ports.api ?? 0, createHttpApi(model, model.httpApi, lambda)));
  if (api !== undefined) closers.add(api.close);

  return {
    endpoint: endpoint.url,
    api: api?.url,
    model,
    invoke: (name, payload) => lambda.invoke(name, JSON.stringify(payload)),
    putEvents,
    putServiceEvents,
    parameters,
    buckets,
    mount: (mounted) => {
      for (const [prefix, service] of Object.entries(mounted)) services.set(prefix, service);
    },
    idle: () => untilIdle(activity, buses),
    onEvent: buses.subscribe,
    onInvocation: observers.invocations.subscribe,
    onLog: observers.logs.subscribe,
    onCall: observers.calls.subscribe,
    onFailure: observers.failures.subscribe,
    onLost: observers.losses.subscribe,
    close: closers.close,
  };
};

/** Each of them can start the other again, so both are waited for until neither has. */
const untilIdle = async (activity: Activity, buses: EventBuses): Promise<void> => {
  let before: number;
  do {
    before = activity.begun;
    await buses.idle();
    await activity.idle();
  } while (activity.begun !== before);
};
