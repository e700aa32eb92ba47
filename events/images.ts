import * as z from 'zod';
import { actorSchema } from './actor.ts';
import { defineEvent, nameSchema, timeSchema } from './event.ts';
import { digestSchema, imageRepositorySchema, imageSchema, tagSchema } from './image.ts';
import { commitSchema } from './source-control.ts';

/**
 * What "newer" means for an image: when its commit was pushed or, where no commit is known or the environment orders by it, when
 * the registry first saw its digest. By its commit a rebuild is never newer. Where versions decide, it orders equal ones.
 */
export const orderSchema = z.object({ time: timeSchema, basis: z.enum(['commit', 'registry']) });

export const artifactPublished = defineEvent({
  type: 'dev.cdevents.artifact.published.0.3.0',
  says: 'An image with a tag is in the registry',
  subject: "the image's package URL",
  content: z.object({}),
  custom: z.object({
    image: imageSchema,
    order: orderSchema,
    /** When the registry first saw this digest. */
    firstSeen: timeSchema.optional(),
    commit: commitSchema.optional(),
  }),
});

export const artifactDeleted = defineEvent({
  type: 'dev.cdevents.artifact.deleted.0.2.0',
  says: 'An image was deleted from the registry',
  subject: "the image's package URL, without a tag where only the digest is gone",
  content: z.object({}),
  custom: z.object({
    repository: imageRepositorySchema,
    digest: digestSchema.optional(),
    tag: tagSchema.optional(),
  }),
});

/** Where an image should run. `target` is its name under the service's `images`. */
const place = { service: z.object({ id: nameSchema }), environment: z.object({ id: nameSchema }), target: nameSchema };

const asked = {
  ...place,
  artifactId: z.string().min(1),
  image: imageSchema,
  order: orderSchema,
  reason: z.enum(['published', 'rollback', 'promotion', 'request']),
};

/** `observe` does everything but push and sync. */
export const modeSchema = z.enum(['observe', 'write']);

export const imageRequested = defineEvent({
  type: 'dev.cdeventsx.fairlead-image.requested.0.1.0',
  says: 'An image should run in an environment',
  subject: '`<service>/<environment>/<target>`',
  content: z.object({
    ...asked,
    mode: modeSchema,
    /** Of a rollback: the digest that it replaces. If something else runs by now, nothing is done. */
    expected: digestSchema.optional(),
  }),
  custom: z.object({
    actor: actorSchema,
    commit: commitSchema.optional(),
    /** A person's own words. */
    why: z.string().max(500).optional(),
  }),
});

const gitops = z.object({
  /** The GitOps repository's name in the configuration. */
  name: nameSchema,
  files: z.array(z.string().max(1024)).max(50),
});

/** The longest diff that an event carries, in characters. */
export const longestDiff = 8000;

const editCustom = z.object({
  actor: actorSchema,
  /** Unified, cut at `longestDiff`. Empty where nothing had to change. */
  diff: z.string().max(longestDiff),
  commit: commitSchema.optional(),
});

export const imageCommitted = defineEvent({
  type: 'dev.cdeventsx.fairlead-image.committed.0.1.0',
  says: "The image is in the environment's GitOps repository",
  subject: '`<service>/<environment>/<target>`',
  content: z.object({
    ...asked,
    gitops: gitops.extend({ revision: commitSchema }),
    previous: z.object({ tag: tagSchema.optional(), digest: digestSchema.optional() }).optional(),
    /** True for the first image that Fairlead put here. */
    first: z.boolean(),
    /** False where it was there already. */
    changed: z.boolean(),
  }),
  custom: editCustom,
});

export const imageProposed = defineEvent({
  type: 'dev.cdeventsx.fairlead-image.proposed.0.1.0',
  says: 'The image would be committed, but the environment only observes',
  subject: '`<service>/<environment>/<target>`',
  content: z.object({ ...asked, gitops }),
  custom: editCustom,
});

export const imageOffered = defineEvent({
  type: 'dev.cdeventsx.fairlead-image.offered.0.1.0',
  says: "The image is on the branch of a pull request to the environment's GitOps repository, which a person merges",
  subject: '`<service>/<environment>/<target>`',
  content: z.object({
    ...asked,
    /** `revision` is of the pull request's branch. */
    gitops: gitops.extend({ revision: commitSchema }),
    pullRequest: z.object({ number: z.int().positive(), url: z.url().max(2000) }),
  }),
  custom: editCustom,
});

export const imageRefused = defineEvent({
  type: 'dev.cdeventsx.fairlead-image.refused.0.1.0',
  says: 'The image was not committed, and why',
  subject: '`<service>/<environment>/<target>`',
  content: z.object({
    ...asked,
    /** Stable, for alarms and rules: `held`, `not-newer`, `no-entry`, … */
    code: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
    /** For people: what is wrong, with file and line, and what to do. */
    message: z.string().max(2000),
  }),
  custom: z.object({ actor: actorSchema, commit: commitSchema.optional() }),
});

export const syncRequested = defineEvent({
  type: 'dev.cdeventsx.fairlead-sync.requested.0.1.0',
  says: 'Argo CD was told that the GitOps repository changed',
  subject: '`<service>/<environment>`',
  content: z.object({
    service: place.service,
    environment: place.environment,
    argocd: nameSchema,
    applications: z.array(z.string().max(300)).min(1).max(100),
    revision: commitSchema,
  }),
  custom: z.object({}),
});
