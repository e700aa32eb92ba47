import * as z from 'zod';
import { canonicalRepository, chainOf } from '#events/identity.ts';
import {
  changeAbandoned,
  changeCreated,
  changeMerged,
  changeReviewed,
  changeUpdated,
  commitSchema,
} from '#events/source-control.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { action, actorOf, branch, by, id, read, repository, repositoryOf, sender, text, time, url } from './payload.ts';

const label = z.object({ name: text(100) });

const mostLabels = 100;

const end = z.object({ ref: branch, sha: commitSchema });

const pullRequest = z.object({
  id,
  number: z.int().positive(),
  title: text(300),
  body: text(1000).nullish(),
  html_url: url,
  draft: z.boolean().nullish(),
  labels: z.array(label),
  updated_at: time,
  head: end,
  base: end,
});

const changeSchema = z.object({ action, repository, sender, pull_request: pullRequest });

type Change = z.infer<typeof changeSchema>;

const pullRequestSchema = changeSchema.extend({
  label: label.nullish(),
  pull_request: pullRequest.extend({ merged: z.boolean(), merge_commit_sha: commitSchema.nullish() }),
});

const reviewSchema = changeSchema.extend({
  review: z.object({ id, state: text(50), submitted_at: time.nullish() }),
});

const updates: ReadonlySet<string> = new Set([
  'assigned',
  'auto_merge_disabled',
  'auto_merge_enabled',
  'converted_to_draft',
  'demilestoned',
  'dequeued',
  'edited',
  'enqueued',
  'labeled',
  'locked',
  'milestoned',
  'ready_for_review',
  'review_request_removed',
  'review_requested',
  'synchronize',
  'unassigned',
  'unlabeled',
  'unlocked',
]);

/** What makes an action on a pull request itself and no other; `detail` is the label's name or the review's id. */
const identityOf = ({ action, repository, pull_request: { id, head } }: Change, at: string, detail?: string) => [
  canonicalRepository(repository.html_url),
  id,
  action,
  head.sha,
  at,
  detail,
];

/** What every event of a pull request says. */
const saidOf = ({ action, repository, sender, pull_request: change }: Change) => ({
  by,
  subject: { id: `${repository.full_name}#${change.number}`, source: change.html_url },
  content: { repository: repositoryOf(repository) },
  custom: {
    actor: actorOf(sender),
    action,
    number: change.number,
    title: change.title,
    url: change.html_url,
    head: { branch: change.head.ref, commit: change.head.sha },
    base: { branch: change.base.ref, commit: change.base.sha },
    draft: change.draft ?? false,
    labels: change.labels.slice(0, mostLabels).map(({ name }) => name),
  },
});

/**
 * A merge belongs to the chain of the commit that it made, whose push is the delivery that follows; all else to the
 * chain of the pull request's head.
 */
export const translatePullRequest = (payload: unknown): Outcome => {
  const change = read(pullRequestSchema, payload);
  const { action, repository, label, pull_request: pullRequest } = change;
  const { head, updated_at, body, merged, merge_commit_sha } = pullRequest;
  const said = saidOf(change);
  const reported = {
    ...said,
    identity: identityOf(change, updated_at, label?.name),
    chain: chainOf(repository.html_url, head.sha),
    time: updated_at,
  };

  if (action === 'opened' || action === 'reopened') {
    const description = body ? { description: body } : {};
    return emit(changeCreated.reported({ ...reported, content: { ...said.content, ...description } }));
  }
  if (action === 'closed' && merged) {
    const chain = chainOf(repository.html_url, merge_commit_sha ?? head.sha);
    const custom = { ...said.custom, ...(merge_commit_sha && { mergeCommit: merge_commit_sha }) };
    return emit(changeMerged.reported({ ...reported, chain, custom }));
  }
  if (action === 'closed') return emit(changeAbandoned.reported(reported));
  if (!updates.has(action)) return skip(`pull_request.${action}: changes nothing that is told`);
  return emit(changeUpdated.reported({ ...reported, custom: { ...said.custom, ...(label && { label: label.name }) } }));
};

/** An edited or dismissed review keeps the time of its submission, so these two take the pull request's. */
export const translateReview = (payload: unknown): Outcome => {
  const change = read(reviewSchema, payload);
  const { action, repository, review, pull_request: pullRequest } = change;
  const said = saidOf(change);
  const at = (action === 'submitted' ? review.submitted_at : undefined) ?? pullRequest.updated_at;
  return emit(
    changeReviewed.reported({
      ...said,
      identity: identityOf(change, at, review.id),
      chain: chainOf(repository.html_url, pullRequest.head.sha),
      time: at,
      custom: { ...said.custom, review: { state: review.state } },
    }),
  );
};
