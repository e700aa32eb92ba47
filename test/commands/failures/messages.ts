import type { Message } from '@aws-sdk/client-sqs';
import { chain, delivered } from '../delivered.ts';

export const stage = 'dev';

const functionArn = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
export const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:111122223333:${name}`;

/** The first event of a delivery of checkout to staging. */
export const asked = delivered(1, 0)[0]!;
export const askedChain = chain(1);

/** As EventBridge hands out one of ours. */
export const busEvent = {
  version: '0',
  id: '0b1d2c3e-1111-4222-8333-444455556666',
  'detail-type': 'dev.cdeventsx.fairlead-image.requested',
  source: 'fairlead.image-policy',
  account: '111122223333',
  time: '2026-11-23T09:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: asked,
};

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

const base = (id: string, time = '09:30'): Message => ({
  MessageId: id,
  ReceiptHandle: `receipt of ${id}`,
  Attributes: { SentTimestamp: String(Date.parse(`2026-11-23T${time}:00Z`)), ApproximateReceiveCount: '1' },
});

/** What a rule could not deliver. */
export const undelivered = (id: string, name = 'fairlead-dev-event-log'): Message => ({
  ...base(id),
  Body: JSON.stringify(busEvent),
  MessageAttributes: {
    RULE_ARN: text('arn:aws:events:eu-west-1:111122223333:rule/fairlead-dev/fairlead-dev-event-log-everything'),
    TARGET_ARN: text(functionArn(name)),
    ERROR_CODE: text('NO_PERMISSIONS'),
    ERROR_MESSAGE: text('Lambda.AccessDenied'),
    RETRY_ATTEMPTS: text('0'),
  },
});

/** Lambda's record of an event that a function failed on. */
export const failedInvocation = (id: string, more: object = {}): Message => ({
  ...base(id),
  Body: JSON.stringify({
    version: '1.0',
    timestamp: '2026-11-23T09:40:00.123Z',
    requestContext: {
      requestId: '9f1c2d3e-1111-4222-8333-444455556666',
      functionArn: `${functionArn('fairlead-dev-argocd-sync')}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: busEvent,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'Upstream', errorMessage: 'Argo CD answers\u001b[2J 503', trace: [] },
    ...more,
  }),
});

/** What died in its queue. */
export const dead = (id: string): Message => ({
  ...base(id, '09:50'),
  Body: JSON.stringify(busEvent),
  Attributes: { ...base(id, '09:50').Attributes, DeadLetterQueueSourceArn: queueArn('fairlead-dev-image-requests') },
});

/** What image-tag-updater set aside. */
export const setAside = (id: string): Message => ({
  ...base(id, '09:55'),
  Body: JSON.stringify(busEvent),
  MessageAttributes: {
    TARGET_ARN: text(queueArn('fairlead-dev-image-requests')),
    ERROR_CODE: text('Blocked'),
    ERROR_MESSAGE: text('the branch main is protected'),
  },
});

export const garbage = (id: string, Body = 'gar{bage'): Message => ({ ...base(id), Body });

export const withTarget = (id: string, arn: string): Message => ({
  ...undelivered(id),
  MessageAttributes: { ...undelivered(id).MessageAttributes, TARGET_ARN: text(arn) },
});
