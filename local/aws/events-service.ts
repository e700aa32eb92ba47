import * as z from 'zod';
import { RequestRefused } from '../eventbridge/entries.ts';
import type { Model } from '../template/model.ts';
import { AwsError } from './aws-error.ts';
import { type Operations, parseInput } from './endpoint/json-service.ts';

/** EventBridge, as the SDK's JSON protocol reaches it. */
export const createEvents = (
  putEvents: (entries: unknown) => unknown,
  { buses }: Pick<Model, 'buses'>,
): Operations => ({
  DescribeEventBus: parseInput(z.object({ Name: z.string().min(1) }), ({ Name }) => {
    const bus = buses.find(({ name, arn }) => name === Name || arn === Name);
    if (bus === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${Name} does not exist.`);
    return { Name: bus.name, Arn: bus.arn };
  }),
  PutEvents: parseInput(z.object({ Entries: z.unknown() }), ({ Entries }) => {
    try {
      return putEvents(Entries);
    } catch (error) {
      if (error instanceof RequestRefused) throw new AwsError(error.code, error.message);
      throw error;
    }
  }),
});
