import * as z from 'zod';
import { actorSchema } from './actor.ts';
import { defineEvent, nameSchema } from './event.ts';
import { digestSchema, imageSchema } from './image.ts';
import { commitSchema } from './source-control.ts';

const place = { service: z.object({ id: nameSchema }), environment: z.object({ id: nameSchema }), target: nameSchema };

/** A held digest is not deployed again, under whatever tag, until a person releases it. */
const hold = { ...place, action: z.enum(['hold', 'release']), digest: digestSchema };

const custom = z.object({ actor: actorSchema, why: z.string().max(500).optional() });

const subject = '`<service>/<environment>/<target>`';

export const holdRequested = defineEvent({
  type: 'dev.cdeventsx.fairlead-hold.requested.0.1.0',
  says: 'A person wants an image held, or a hold released',
  subject,
  content: z.object(hold),
  custom,
});

export const holdCommitted = defineEvent({
  type: 'dev.cdeventsx.fairlead-hold.committed.0.1.0',
  says: "The hold, or its end, is in the environment's lock",
  subject,
  content: z.object({
    ...hold,
    gitops: z.object({ name: nameSchema, revision: commitSchema }),
    /** False where it was so already. */
    changed: z.boolean(),
  }),
  custom,
});

export const holdRefused = defineEvent({
  type: 'dev.cdeventsx.fairlead-hold.refused.0.1.0',
  says: 'The hold was not written, and why',
  subject,
  content: z.object({ ...hold, code: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/), message: z.string().max(2000) }),
  custom,
});

/** Nothing is rolled back by itself here: why, and what a person can do. */
export const rollbackWithheld = defineEvent({
  type: 'dev.cdeventsx.fairlead-rollback.withheld.0.1.0',
  says: 'A deployment failed and is not rolled back by itself: a person is asked',
  subject,
  content: z.object({
    ...place,
    image: imageSchema,
    /** `ask` and `off` are the configuration's words; the others say why `auto` must not. */
    code: z.enum(['ask', 'off', 'first-deployment', 'no-verified-image', 'changed-together', 'rolled-back-already']),
    message: z.string().max(2000),
    /** What to type to roll back all the same; absent where there is nothing to go back to. */
    command: z.string().max(500).optional(),
  }),
  custom: z.object({ verified: imageSchema.optional(), changedTogether: z.array(nameSchema).max(200) }),
});
