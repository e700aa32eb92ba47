import type { Account } from './aws/account.ts';
import { asOnAws, type Delays, type Faults, faultless } from './aws/behaviour.ts';
import { createBuses } from './aws/buses.ts';
import { createClosers } from './aws/closers.ts';
import { createEndpoint } from './aws/endpoint/endpoint.ts';
import { createHttpApi } from './aws/http-api/http-api.ts';
import type { Handler } from './aws/relay.ts';
import { createServices } from './aws/services.ts';
import { toMappedQueue } from './aws/sqs/mapped-queue.ts';
import { createQueues, type Queues } from './aws/sqs/queues.ts';
import type { EventBuses } from './eventbridge/bus.ts';
import { type Activity, createActivity } from './lambda/activity.ts';
import type { Invocation } from './lambda/invoke.ts';
import { createLambda } from './lambda/lambda.ts';
import { startQueueMappings } from './lambda/queue-mappings.ts';
import type { Model } from './template/model.ts';

export interface RunOptions {
  /** At most so many environments of one function at once. */
  readonly concurrency?: number | undefined;
  readonly delays?: Partial<Delays> | undefined;
  readonly faults?: Partial<Faults> | undefined;
}

/** The parts of an account that are there because of its stacks, as they are until the next update of one. */
export interface RunningModel {
  readonly model: Model;
  /** Runs a function by its name or ARN and waits for what comes of it. */
  invoke(name: string, payload: unknown): Promise<Invocation>;
  readonly putEvents: EventBuses['putEvents'];
  readonly putServiceEvents: EventBuses['putServiceEvents'];
  /** Resolves when no event, message of a mapped queue, invocation or retry is in flight. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What an API that is not there answers. */
const noApi: Handler = async (_, response) => void response.writeHead(404).end('{"message":"Not Found"}');

/** Messages outlive the queue that they lie in, when it comes back. */
const fill = ({ all }: Queues, messages: Account['messages']): void => {
  for (const queue of all) {
    for (const message of messages.get(queue.definition.arn) ?? []) queue.accept(message);
    messages.delete(queue.definition.arn);
  }
};

const empty = ({ all }: Queues, messages: Account['messages']): void => {
  for (const queue of all) messages.set(queue.definition.arn, queue.takeAll());
};

/** Starts the functions, rules, queues, tables and API of a model, in an account. */
export const runModel = async (model: Model, account: Account, options: RunOptions): Promise<RunningModel> => {
  const closers = createClosers();
  try {
    return await start(model, account, options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
};

const start = async (
  model: Model,
  account: Account,
  options: RunOptions,
  closers: ReturnType<typeof createClosers>,
): Promise<RunningModel> => {
  const { endpoint, parameters, buckets, queries, mounted, messages, dynamoDb, observers } = account;
  const { concurrency = 10 } = options;
  const delays = { ...asOnAws, ...options.delays };
  const faults = { ...faultless, ...options.faults };
  const activity = createActivity();

  const queues = createQueues(model, delays.queueSeconds);
  closers.add(queues.close);
  fill(queues, messages);
  closers.add(() => empty(queues, messages));
  await dynamoDb.ensure(model.tables);
  for (const { name, versioning } of model.buckets) buckets.ensure(name, versioning);
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
  closers.add(buses.subscribe(observers.events.tell));

  const { putEvents, putServiceEvents } = buses;
  const queueDeleted = (queueArn: string): void => void account.deletedQueues.add(queueArn);
  const own = createServices({ model, queues, parameters, dynamoDb: dynamoDb.service, putEvents, queueDeleted });
  const { crash } = faults;
  const answer = { model, lambda, services: [mounted, own], buckets, queries, crash, onCall: observers.calls.tell };
  endpoint.answer(createEndpoint(answer));

  const queueOf = (arn: string) => toMappedQueue(queues.byArn(arn));
  const milliseconds = delays.queueSeconds;
  closers.add(startQueueMappings({ model, lambda, activity, concurrency, queueOf, milliseconds }).close);
  account.api.answer(model.httpApi ? createHttpApi(model, model.httpApi, lambda) : noApi);

  return {
    model,
    invoke: (name, payload) => lambda.invoke(name, JSON.stringify(payload)),
    putEvents,
    putServiceEvents,
    idle: () => untilIdle(activity, buses),
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
