import * as z from 'zod';
import { defineEvent, idSchema, nameSchema } from './event.ts';
import { imageSchema } from './image.ts';
import { commitSchema } from './source-control.ts';

const environment = z.object({ id: nameSchema });
const testSuite = z.object({ id: z.string().min(1), name: z.string().min(1).max(100) });

/** What was tested: the image that a deployment brought. `deployment` is the id of the event that told of it. */
const tested = {
  deployment: idSchema,
  target: nameSchema,
  image: imageSchema,
  revision: commitSchema,
};

export const testSuiteRunStarted = defineEvent({
  type: 'dev.cdevents.testsuiterun.started.0.3.0',
  says: 'What was deployed is being checked',
  subject: 'the id of the event that told of the deployment',
  content: z.object({ environment, testSuite, trigger: z.object({ type: z.literal('event') }) }),
  custom: z.object(tested),
});

/** One check: what was asked, what should have come, and what came last. Times in milliseconds. */
const checkSchema = z.object({
  request: z.string().max(2100),
  passed: z.boolean(),
  expected: z.string().max(500),
  saw: z.string().max(500),
  attempts: z.int().nonnegative(),
  took: z.number().nonnegative(),
});

/** `failure`: a check did not hold in its time. `error`: our own time ran out before that could be told. */
export const testSuiteRunFinished = defineEvent({
  type: 'dev.cdevents.testsuiterun.finished.0.3.0',
  says: 'What was deployed is proven, or it is not',
  subject: 'the id of the event that told of the deployment',
  content: z.object({
    environment,
    testSuite,
    outcome: z.enum(['success', 'failure', 'error']),
    reason: z.string().max(1000).optional(),
  }),
  custom: z.object({ ...tested, checks: z.array(checkSchema).max(20) }),
});
