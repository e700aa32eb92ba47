import * as z from 'zod';
import { RequestRefused } from '../eventbridge/entries.ts';
import { AwsError } from './aws-error.ts';
import { type Operations, parseInput } from './endpoint/json-service.ts';

/** EventBridge, as the SDK's JSON protocol reaches it. */
export const createEvents = (putEvents: (entries: unknown) => unknown): Operations => ({
  PutEvents: parseInput(z.object({ Entries: z.unknown() }), ({ Entries }) => {
    try {
      return putEvents(Entries);
    } catch (error) {
      if (error instanceof RequestRefused) throw new AwsError(error.code, error.message);
      throw error;
    }
  }),
});
