import type { Pause } from './in-flight.ts';
import type { BusEvent, RuleModel, TargetModel } from './rule.ts';

/**
 * A target that no retry would reach: missing, or not allowed. EventBridge sends such an event to the dead-letter queue
 * at once; `code` is its ERROR_CODE, such as NO_RESOURCE or NO_PERMISSIONS.
 */
export class Undeliverable extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Undeliverable';
    this.code = code;
  }
}

/** An event that has not reached a target and is in no queue either. AWS drops it without a word. */
export interface Loss {
  readonly rule: RuleModel;
  readonly target: TargetModel;
  readonly event: BusEvent;
  readonly error: unknown;
}

/** What a delivery needs of the world. */
export interface DeliveryDependencies {
  /** Rejects when the target can't take the event: retried, unless it is with Undeliverable. */
  deliver(targetArn: string, event: BusEvent): Promise<void>;
  /** Puts a message into a queue, with string attributes. */
  deadLetter(queueArn: string, body: string, attributes: Readonly<Record<string, string>>): Promise<void>;
  /** Milliseconds to wait before the nth retry, from 1: `exponentialRetryDelay`, or less for whoever watches. */
  retryDelay(attempt: number): number;
  /** Told of every event that is lost: there is no dead-letter queue, or it refused. */
  lost(loss: Loss): void;
  now(): Date;
}

/** Something on its way from a rule to one of its targets, since the bus took it. */
export interface Delivery {
  readonly rule: RuleModel;
  readonly target: TargetModel;
  readonly event: BusEvent;
  readonly acceptedAt: Date;
}

type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

const LONGEST_DELAY = 480_000;

/**
 * Exponential backoff with jitter. AWS publishes no more of it than that 185 retries fill 24 hours, which is eight
 * minutes between most of them.
 */
export const exponentialRetryDelay = (attempt: number): number =>
  Math.min(LONGEST_DELAY, 1000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

const sendToDeadLetters = async (
  { rule, target, event }: Delivery,
  { error, retries, exhausted }: { error: unknown; retries: number; exhausted?: Exhausted },
  dependencies: DeliveryDependencies,
): Promise<void> => {
  const lose = (reason: unknown): void => dependencies.lost({ rule, target, event, error: reason });
  if (target.deadLetterArn === undefined) return lose(error);
  const attributes = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.arn,
    ERROR_CODE: error instanceof Undeliverable ? error.code : 'ERROR_FROM_TARGET',
    ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    RETRY_ATTEMPTS: String(retries),
    ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  await dependencies.deadLetter(target.deadLetterArn, JSON.stringify(event), attributes).catch(lose);
};

/** Delivers one copy of an event, retried as its target's policy says; what fails for good becomes a dead letter. */
export const deliver = async (delivery: Delivery, dependencies: DeliveryDependencies, pause: Pause): Promise<void> => {
  const { target, event, acceptedAt } = delivery;
  for (let retries = 0; ; retries += 1) {
    const failure = await failureOf(dependencies.deliver(target.arn, event));
    if (failure === undefined) return;
    const { error } = failure;
    if (error instanceof Undeliverable) return sendToDeadLetters(delivery, { error, retries }, dependencies);
    const delay = dependencies.retryDelay(retries + 1);
    const age = dependencies.now().getTime() - acceptedAt.getTime() + delay;
    const exhausted = exhaustedCondition(target, retries, age);
    if (exhausted !== undefined) return sendToDeadLetters(delivery, { error, retries, exhausted }, dependencies);
    await pause(delay);
  }
};

const exhaustedCondition = (target: TargetModel, retries: number, age: number): Exhausted | undefined => {
  if (retries >= target.maximumRetryAttempts) return 'MaximumRetryAttempts';
  return age > target.maximumEventAgeSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined;
};

/** What a promise was rejected with, boxed, as it may be undefined itself. */
const failureOf = (promise: Promise<void>): Promise<{ error: unknown } | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
