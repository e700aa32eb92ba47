import * as z from 'zod';
import { timeSchema } from '#events/event.ts';

/** Numbers in what AWS sends, text in what its documentation shows: only ever compared. */
const countSchema = z.union([z.number(), z.string()]).transform(String);

const run = {
  pipeline: z.string().min(1),
  'execution-id': z.string().min(1),
  state: z.string().min(1),
  'pipeline-execution-attempt': countSchema.optional(),
};

const result = z.object({
  'external-execution-summary': z.string().optional(),
  'error-code': z.string().optional(),
});

const envelope = {
  id: z.string().min(1),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().min(1),
  time: timeSchema,
};

/**
 * What is used of CodePipeline's three events, as they come from the default bus
 * (https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html).
 */
export const stateChangeSchema = z.discriminatedUnion('detail-type', [
  z.object({
    ...envelope,
    'detail-type': z.literal('CodePipeline Pipeline Execution State Change'),
    detail: z.object(run),
  }),
  z.object({
    ...envelope,
    'detail-type': z.literal('CodePipeline Stage Execution State Change'),
    detail: z.object({ ...run, stage: z.string().min(1) }),
  }),
  z.object({
    ...envelope,
    'detail-type': z.literal('CodePipeline Action Execution State Change'),
    detail: z.object({
      ...run,
      stage: z.string().min(1),
      action: z.string().min(1),
      'execution-result': result.optional(),
    }),
  }),
]);

export type StateChange = z.infer<typeof stateChangeSchema>;
