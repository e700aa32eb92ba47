import { createClosers } from './aws/closers.ts';
import { startDynamoDb } from './aws/dynamodb/service.ts';
import { createEndpoint, type FaultyCall, type ObservedCall } from './aws/endpoint/endpoint.ts';
import { type JsonService, serviceOf } from './aws/endpoint/json-service.ts';
import { createEventTargets, rulesToDeliver } from './aws/event-targets.ts';
import { createEvents } from './aws/events-service.ts';
import { createHttpApi } from './aws/http-api/http-api.ts';
import { listen } from './aws/listen.ts';
import { createListeners } from './aws/listeners.ts';
import { toMappedQueue } from './aws/sqs/mapped-queue.ts';
import { createQueues } from './aws/sqs/queues.ts';
import { createSqs } from './aws/sqs/service.ts';
import { createParameters, type Parameters } from './aws/ssm/parameters.ts';
import { createSsm } from './aws/ssm/service.ts';
import { type BusDependencies, createEventBuses, type EventBuses } from './eventbridge/bus.ts';
import { exponentialRetryDelay, type Loss } from './eventbridge/delivery.ts';
import { createActivity } from './lambda/activity.ts';
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

/** How long AWS's waits last here, in ms. */
export interface Delays {
  /** Before Lambda's nth retry of an asynchronous event; on AWS one minute, then two. */
  invocationRetry(attempt: number): number;
  /** Before EventBridge's nth retry of a delivery. */
  deliveryRetry(attempt: number): number;
  /** A second of SQS: of visibility, of delays, of a mapping's batching window. */
  queueSeconds(seconds: number): number;
}

/** What goes wrong on purpose. */
export interface Faults {
  /** Whether the worker that makes this call dies of it, before or after its effect. */
  crash(functionName: string, call: FaultyCall): boolean;
  copies: BusDependencies['copies'];
  reject: NonNullable<BusDependencies['reject']>;
}

type Subscribe<Item> = (listener: (item: Item) => void) => () => void;

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

const onAws: Delays = {
  invocationRetry: (attempt) => attempt * 60_000,
  deliveryRetry: exponentialRetryDelay,
  queueSeconds: (seconds) => seconds * 1000,
};

const faultless: Faults = { crash: () => false, copies: () => [0], reject: () => undefined };

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
  const delays = { ...onAws, ...options.delays };
  const faults = { ...faultless, ...options.faults };
  const invocations = createListeners<Invocation>();
  const logs = createListeners<LogLine>();
  const calls = createListeners<ObservedCall>();
  const failures = createListeners<Failure>();
  const losses = createListeners<Loss>();
  const activity = createActivity();

  // Functions are told where the endpoint is, so it has to listen before it can answer.
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
    send: (queueArn, body) => void queues.byArn(queueArn).send({ body }),
    onInvocation: invocations.tell,
    onFailure: failures.tell,
    onLog: logs.tell,
  });
  closers.add(lambda.close);

  const buses = createEventBuses(
    { account, region, rules: rulesToDeliver(model), buses: model.buses.map(({ name }) => name) },
    {
      ...createEventTargets(model, lambda, queues),
      retryDelay: delays.deliveryRetry,
      copies: faults.copies,
      reject: faults.reject,
      lost: losses.tell,
      now: () => new Date(),
    },
  );
  closers.add(buses.close);
  const putting =
    (put: EventBuses['putEvents']): EventBuses['putEvents'] =>
    (entries) => {
      // Whoever waits for idleness has to look at the buses once more.
      activity.begin()();
      return put(entries);
    };
  const putEvents = putting(buses.putEvents);

  const parameters = createParameters();
  const services = new Map<string, JsonService>([
    ['AWSEvents', serviceOf(createEvents(putEvents))],
    ['AmazonSQS', serviceOf(createSqs(queues))],
    ['AmazonSSM', serviceOf(createSsm(parameters, model))],
    ['DynamoDB_20120810', dynamoDb.service],
  ]);
  answering.resolve(createEndpoint({ model, lambda, services, crash: faults.crash, onCall: calls.tell }));

  const mappings = startQueueMappings({
    model,
    lambda,
    activity,
    concurrency,
    queueOf: (arn) => toMappedQueue(queues.byArn(arn)),
    milliseconds: delays.queueSeconds,
  });
  closers.add(mappings.close);

  const api = model.httpApi && (await listen(ports.api ?? 0, createHttpApi(model, model.httpApi, lambda)));
  if (api !== undefined) closers.add(api.close);

  return {
    endpoint: endpoint.url,
    api: api?.url,
    model,
    invoke: (name, payload) => lambda.invoke(name, JSON.stringify(payload)),
    putEvents,
    putServiceEvents: putting(buses.putServiceEvents),
    parameters,
    mount: (mounted) => {
      for (const [prefix, service] of Object.entries(mounted)) services.set(prefix, service);
    },
    idle: async () => {
      let before: number;
      do {
        before = activity.begun;
        await buses.idle();
        await activity.idle();
      } while (activity.begun !== before);
    },
    onEvent: buses.subscribe,
    onInvocation: invocations.subscribe,
    onLog: logs.subscribe,
    onCall: calls.subscribe,
    onFailure: failures.subscribe,
    onLost: losses.subscribe,
    close: closers.close,
  };
};
