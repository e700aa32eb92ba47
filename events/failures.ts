import * as z from 'zod';
import { actorSchema } from './actor.ts';
import { defineEvent } from './event.ts';

/** What lay in the failure queue goes to the function or queue that it failed at again, because a person said so. */
export const failureRedriven = defineEvent({
  type: 'dev.cdeventsx.fairlead-failure.redriven.0.1.0',
  says: 'A person sent what had failed to its function again',
  subject: '`<function or queue>/<message id in the failure queue>`',
  content: z.object({
    /** The function or queue, without `fairlead-<stage>-`. */
    target: z.string().min(1).max(80),
    /** What failed: an event's type, and its id where it has one. */
    event: z.object({ type: z.string().min(1).max(200), id: z.string().max(200).optional() }),
    error: z.object({ code: z.string().max(200), message: z.string().max(1000) }),
  }),
  custom: z.object({ actor: actorSchema }),
});
