import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Failed } from './read-failed.ts';

/**
 * Gives what failed to the function or queue that it failed at, and to nobody else: by the bus everybody would get it again.
 * Resolves when it was accepted; whether it goes well this time is told by the failure queue.
 */
export const createSendBack =
  ({ sqs, lambda }: { readonly sqs: SQSClient; readonly lambda: LambdaClient }) =>
  async ({ target, payload }: Failed): Promise<void> => {
    if (target.kind === 'function') {
      await lambda.send(new InvokeCommand({ FunctionName: target.name, InvocationType: 'Event', Payload: payload }));
      return;
    }
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: target.name }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: payload }));
  };

export type SendBack = ReturnType<typeof createSendBack>;
