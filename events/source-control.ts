import * as z from 'zod';
import { actorSchema } from './actor.ts';
import { defineEvent, timeSchema } from './event.ts';

/** A full git commit id, SHA-1 or SHA-256. */
export const commitSchema = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'is not a full git commit id');

/** `id` is `owner/name`, `source` the repository's URL for people. */
const repository = z.object({ id: z.string().min(1).max(200), source: z.url() });

/** The most paths that a push carries. Beyond it, and beyond GitHub's own bounds, `truncated` is true. */
export const mostPaths = 500;

/** What a push changed. `truncated` means that the list is not complete: take it as "everything". */
export const pathsSchema = z.object({
  changed: z.array(z.string().max(1024)).max(mostPaths),
  truncated: z.boolean(),
});

export const branchPushed = defineEvent({
  type: 'dev.cdeventsx.github-branch.pushed.0.1.0',
  says: 'Commits were pushed to a branch',
  subject: '`owner/name@branch`',
  content: z.object({
    repository,
    branch: z.string().min(1).max(255),
    /** The commit that the branch points to now, and before (absent when the push made the branch). */
    commit: commitSchema,
    before: commitSchema.optional(),
    /** When GitHub took the push: the order of the images that are built from it. */
    pushedAt: timeSchema,
  }),
  custom: z.object({
    actor: actorSchema,
    paths: pathsSchema,
    /** The head commit's subject line. */
    message: z.string().max(200),
    url: z.url(),
  }),
});

const branchCustom = z.object({ actor: actorSchema, commit: commitSchema.optional() });

export const branchCreated = defineEvent({
  type: 'dev.cdevents.branch.created.0.3.0',
  says: 'A branch was made',
  subject: '`owner/name@branch`',
  content: z.object({ repository }),
  custom: branchCustom,
});

export const branchDeleted = defineEvent({
  type: 'dev.cdevents.branch.deleted.0.3.0',
  says: 'A branch was deleted',
  subject: '`owner/name@branch`',
  content: z.object({ repository }),
  custom: branchCustom,
});

const changeCustom = z.object({
  actor: actorSchema,
  /** GitHub's own word for what happened: `opened`, `labeled`, `submitted`, … */
  action: z.string().max(50),
  number: z.int().positive(),
  title: z.string().max(300),
  url: z.url(),
  head: z.object({ branch: z.string().max(255), commit: commitSchema }),
  base: z.object({ branch: z.string().max(255), commit: commitSchema.optional() }),
  draft: z.boolean(),
  labels: z.array(z.string().max(100)).max(100),
  /** The label of a `labeled` or `unlabeled`. */
  label: z.string().max(100).optional(),
  review: z.object({ state: z.string().max(50) }).optional(),
  /** The commit that a merge made. */
  mergeCommit: commitSchema.optional(),
});

export const changeCreated = defineEvent({
  type: 'dev.cdevents.change.created.0.4.0',
  says: 'A pull request was opened',
  subject: '`owner/name#number`',
  content: z.object({ repository, description: z.string().max(1000).optional() }),
  custom: changeCustom,
});

export const changeUpdated = defineEvent({
  type: 'dev.cdevents.change.updated.0.3.0',
  says: 'A pull request got commits, labels or another title',
  subject: '`owner/name#number`',
  content: z.object({ repository }),
  custom: changeCustom,
});

export const changeReviewed = defineEvent({
  type: 'dev.cdevents.change.reviewed.0.3.0',
  says: 'A pull request was reviewed',
  subject: '`owner/name#number`',
  content: z.object({ repository }),
  custom: changeCustom,
});

export const changeMerged = defineEvent({
  type: 'dev.cdevents.change.merged.0.3.0',
  says: 'A pull request was merged',
  subject: '`owner/name#number`',
  content: z.object({ repository }),
  custom: changeCustom,
});

export const changeAbandoned = defineEvent({
  type: 'dev.cdevents.change.abandoned.0.3.0',
  says: 'A pull request was closed without a merge',
  subject: '`owner/name#number`',
  content: z.object({ repository }),
  custom: changeCustom,
});
