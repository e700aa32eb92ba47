import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createFailureQueue } from '#commands/failures/failure-queue.ts';
import { readFailed } from '#commands/failures/read-failed.ts';
import { createSendBack } from '#commands/failures/send-back.ts';
import type { Fairlead } from '#local/fairlead.ts';

const stage = 'dev';

/** What a person does who is called because of the failure queue, with nothing but AWS's API and GitHub's page of deliveries. */
export const createOperator = ({ cloud, github }: Fairlead) => {
  const access = {
    endpoint: cloud.endpoint,
    region: cloud.model.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  };
  const sqs = new SQSClient({ ...access, useQueueUrlAsEndpoint: false });
  const lambda = new LambdaClient(access);
  const failures = createFailureQueue(sqs, stage);
  const sendBack = createSendBack({ sqs, lambda });

  return {
    /** Sends everything in the failure queue on its way again, as `npm run redrive` does; gives how much that was. */
    redrive: async (): Promise<number> => {
      const taken = await failures.take(10_000, 0);
      for (const message of taken) {
        const failed = readFailed(message, stage);
        if ('unreadable' in failed) throw new Error(`${failed.message} can't be sent again: ${failed.unreadable}`);
        await sendBack(failed);
        await failures.remove(message);
      }
      return taken.length;
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
