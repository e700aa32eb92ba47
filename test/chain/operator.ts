import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Fairlead } from '#local/fairlead.ts';

/** Lambda's record of an event that a function failed on. */
const destinationRecord = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  requestPayload: z.unknown(),
});

/** What a person does who is called because of the failure queue, with nothing but AWS's API and GitHub's page of deliveries. */
export const createOperator = ({ cloud, github }: Fairlead) => {
  const access = {
    endpoint: cloud.endpoint,
    region: cloud.model.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  };
  const sqs = new SQSClient(access);
  const lambda = new LambdaClient(access);
  const queueUrl = (arn: string): string => cloud.model.queues.find((queue) => queue.arn === arn)?.url ?? arn;
  const failures = cloud.model.queues.find(({ name }) => name.endsWith('-failures'))?.url;

  const invoke = (FunctionName: string, event: unknown) =>
    lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }));
  const send = (arn: string, MessageBody: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(arn), MessageBody }));

  /** Three formats: a message that died in its queue, a rule's event for a target, and a function's record. */
  const redriveOne = async ({ Body = '', Attributes, MessageAttributes }: Message) => {
    const source = Attributes?.DeadLetterQueueSourceArn;
    if (source !== undefined) return send(source, Body);
    const target = MessageAttributes?.TARGET_ARN?.StringValue;
    if (target !== undefined) return target.includes(':sqs:') ? send(target, Body) : invoke(target, JSON.parse(Body));
    const { requestContext, requestPayload } = destinationRecord.parse(JSON.parse(Body));
    return invoke(requestContext.functionArn, requestPayload);
  };

  return {
    /** Sends everything in the failure queue on its way again; gives how much that was. */
    redrive: async (): Promise<number> => {
      let count = 0;
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: failures,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return count;
        for (const message of Messages) {
          await redriveOne(message);
          await sqs.send(new DeleteMessageCommand({ QueueUrl: failures, ReceiptHandle: message.ReceiptHandle }));
          count += 1;
        }
      }
    },
    /** Presses GitHub's button for every webhook that was not taken; gives how many those are. */
    redeliver: (): number => {
      const latest = new Map(github.deliveries().map((delivery) => [delivery.id, delivery]));
      const failed = [...latest.values()].filter(({ status }) => status !== 202);
      for (const { id } of failed) github.redeliver(id);
      return failed.length;
    },
    close: (): void => {
      sqs.destroy();
      lambda.destroy();
    },
  };
};
