import type { BusDependencies } from '#local/eventbridge/bus.ts';
import type { RuleModel, TargetModel } from '#local/eventbridge/rule.ts';

const unexpected = (name: string) => (): never => {
  throw new Error(`The fake ${name} was not expected to be called.`);
};

export const noon = new Date('2026-05-04T12:00:00.789Z');

/** A world in which nothing but an immediate delivery is expected; each test says what else is. */
export const fakeWorld = (expected: Partial<BusDependencies> = {}): BusDependencies => ({
  deliver: unexpected('deliver'),
  deadLetter: unexpected('deadLetter'),
  lost: unexpected('lost'),
  retryDelay: () => 0,
  copies: () => [0],
  now: () => noon,
  ...expected,
});

export const target = (changes: Partial<TargetModel> = {}): TargetModel => ({
  id: 'updater',
  arn: 'arn:aws:lambda:eu-west-1:111122223333:function:updater',
  deadLetterArn: 'arn:aws:sqs:eu-west-1:111122223333:failures',
  maximumRetryAttempts: 3,
  maximumEventAgeSeconds: 60,
  ...changes,
});

export const rule = (changes: Partial<RuleModel> = {}): RuleModel => ({
  name: 'images',
  arn: 'arn:aws:events:eu-west-1:111122223333:rule/fairlead/images',
  bus: 'fairlead',
  pattern: { 'detail-type': ['image.requested'], detail: { environment: ['staging'] } },
  targets: [target()],
  ...changes,
});

export const entry = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  Source: 'fairlead.image-policy',
  DetailType: 'image.requested',
  Detail: JSON.stringify({ environment: 'staging', service: 'checkout' }),
  EventBusName: 'fairlead',
  ...changes,
});

export const here = { account: '111122223333', region: 'eu-west-1' } as const;
