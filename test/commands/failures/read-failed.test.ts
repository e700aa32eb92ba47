import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failedLines } from '#commands/failures/present.ts';
import { readFailed } from '#commands/failures/read-failed.ts';
import {
  asked,
  busEvent,
  dead,
  failedInvocation,
  garbage,
  queueArn,
  setAside,
  stage,
  undelivered,
  withTarget,
} from './messages.ts';

const read = (message: Parameters<typeof readFailed>[0]) => readFailed(message, stage);
const about = { type: busEvent['detail-type'], id: asked.id, event: asked };
const imageRequests = { kind: 'queue', name: 'fairlead-dev-image-requests', short: 'image-requests' };

describe('a message of the failure queue', () => {
  test('that a rule could not deliver goes to its target, byte for byte', () => {
    expect(read(undelivered('1'))).toEqual({
      message: '1',
      target: { kind: 'function', name: 'fairlead-dev-event-log', short: 'event-log' },
      payload: JSON.stringify(busEvent),
      error: { code: 'NO_PERMISSIONS', message: 'Lambda.AccessDenied' },
      since: '2026-11-23T09:30:00.000Z',
      about,
    });
  });

  test('that Lambda recorded goes to its function, with the payload that it failed on', () => {
    expect(read(failedInvocation('2'))).toEqual({
      message: '2',
      target: { kind: 'function', name: 'fairlead-dev-argocd-sync', short: 'argocd-sync' },
      payload: JSON.stringify(busEvent),
      error: { code: 'Upstream', message: 'Argo CD answers\u001b[2J 503 (tried 3 times)' },
      since: '2026-11-23T09:40:00.123Z',
      about,
    });
  });

  test('of a function that ran out of time says so, for there is no answer', () => {
    expect(read(failedInvocation('2', { responsePayload: null }))).toMatchObject({
      error: { code: 'RetriesExhausted', message: 'it answered nothing (tried 3 times)' },
    });
  });

  test('that died in its queue goes there', () => {
    expect(read(dead('3'))).toMatchObject({ target: imageRequests, payload: JSON.stringify(busEvent), about });
  });

  test('that was set aside goes to the queue it came by, and says why', () => {
    expect(read(setAside('4'))).toMatchObject({
      target: imageRequests,
      error: { code: 'Blocked', message: 'the branch main is protected' },
    });
  });

  test('of a service of AWS is told by its detail-type', () => {
    const ecr = {
      ...busEvent,
      'detail-type': 'ECR Image Action',
      source: 'aws.ecr',
      detail: { 'image-tag': 'main-1' },
    };
    expect(read({ ...undelivered('5'), Body: JSON.stringify(ecr) })).toMatchObject({
      about: { type: 'ECR Image Action', id: busEvent.id, event: undefined },
    });
  });

  test.each([
    ['that is not JSON', garbage('6'), /^neither an event with TARGET_ARN, nor a record of Lambda/],
    ['without a body', { MessageId: '6' }, /^neither/],
    ['without what the function got', failedInvocation('6', { requestPayload: undefined }), /^neither/],
    [
      'of another stack',
      withTarget('6', 'arn:aws:lambda:eu-west-1:111122223333:function:billing'),
      /no function or queue of this stage$/,
    ],
    [
      'for another bus',
      withTarget('6', 'arn:aws:events:eu-west-1:111122223333:event-bus/other'),
      /no function or queue of this stage$/,
    ],
    [
      'for the failure queue itself',
      withTarget('6', queueArn('fairlead-dev-failures')),
      /no function or queue of this stage$/,
    ],
    [
      'that was garbage before',
      { ...setAside('6'), Body: 'gar{bage' },
      /^what image-requests failed on is no event of EventBridge$/,
    ],
  ])('%s is left to a person', (_, message, why) => {
    expect(read(message)).toEqual({ message: '6', unreadable: expect.stringMatching(why) });
  });

  test('whatever it holds, is read or left, and nothing of it moves a terminal', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[2J', busEvent['detail-type'], '$LATEST'),
    );
    const message = fc.record(
      {
        MessageId: fc.uuid(),
        Body: fc.oneof(fc.json(), word, fc.constant(JSON.stringify(busEvent))),
        Attributes: fc.record(
          { DeadLetterQueueSourceArn: word, SentTimestamp: fc.nat().map(String) },
          { requiredKeys: ['SentTimestamp'] },
        ),
        MessageAttributes: fc.dictionary(
          fc.constantFrom('TARGET_ARN', 'ERROR_CODE', 'ERROR_MESSAGE', 'RETRY_ATTEMPTS'),
          fc
            .oneof(word, fc.constant(queueArn('fairlead-dev-image-requests')))
            .map((StringValue) => ({ DataType: 'String', StringValue })),
        ),
      },
      { requiredKeys: ['MessageId', 'Attributes'] },
    );
    fc.assert(
      fc.property(message, (one) => {
        const found = read(one);
        if ('unreadable' in found) return;
        expect(found.target.name).toMatch(/^fairlead-dev-./);
        expect(failedLines(found, Date.now()).join('')).not.toMatch(/\p{Cc}|\p{Cf}/u);
      }),
    );
  });
});
