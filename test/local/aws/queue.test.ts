import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue } from '#local/aws/sqs/queue.ts';

const definition = {
  logicalId: 'Queue',
  name: 'queue',
  arn: 'arn:aws:sqs:eu-west-1:111122223333:queue',
  url: 'http://localhost/111122223333/queue',
  urlPath: '/111122223333/queue',
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
  maximumMessageBytes: 1_048_576,
  retentionSeconds: 345_600,
  redrive: { deadLetterArn: 'arn:dead', maxReceiveCount: 3 },
};

const step = fc.oneof(
  fc.constant({ kind: 'send' as const }),
  fc.record({ kind: fc.constant('receive' as const), maximum: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('return' as const), which: fc.nat(20) }),
);

test('whatever is done in whatever order, a message is deleted, dead or still there, once, and never received too often', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const dead: string[] = [];
      const deleted: string[] = [];
      const sent: string[] = [];
      const handles: { receiptHandle: string; messageId: string }[] = [];
      const queue = createQueue(definition, {
        milliseconds: (seconds) => seconds * 1_000_000,
        deadLetter: (_, { messageId }) => dead.push(messageId),
      });
      for (const one of steps) {
        if (one.kind === 'send') sent.push(queue.send({ body: 'x' }).messageId);
        if (one.kind === 'receive') {
          const received = queue.receive(one.maximum);
          for (const { receiveCount } of received) expect(receiveCount).toBeLessThanOrEqual(3);
          handles.push(...received);
        }
        const held = 'which' in one ? handles[one.which % handles.length] : undefined;
        if (held === undefined) continue;
        if (one.kind === 'return') queue.changeVisibility(held.receiptHandle, 0);
        if (one.kind === 'delete' && queue.delete(held.receiptHandle)) deleted.push(held.messageId);
      }
      const gone = [...deleted, ...dead];
      expect(new Set(gone).size).toBe(gone.length);
      expect(queue.size).toBe(sent.length - gone.length);
      queue.close();
    }),
  );
});
