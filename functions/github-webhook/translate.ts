import * as z from 'zod';
import { type Outcome, skip } from '#shared/handlers/outcome.ts';
import { translateCreate, translateDelete } from './branches.ts';
import { translatePullRequest, translateReview } from './changes.ts';
import { action } from './payload.ts';
import { translatePush } from './push.ts';
import { translateWorkflowJob } from './workflow-job.ts';
import { translateWorkflowRun } from './workflow-run.ts';

const translations: ReadonlyMap<string, (payload: unknown) => Outcome> = new Map([
  ['push', translatePush],
  ['create', translateCreate],
  ['delete', translateDelete],
  ['pull_request', translatePullRequest],
  ['pull_request_review', translateReview],
  ['workflow_run', translateWorkflowRun],
  ['workflow_job', translateWorkflowJob],
]);

const withAction = z.object({ action });

/** `issues.opened`, or `ping`, which has no action. */
const nameOf = (event: string, payload: unknown): string => {
  const { data } = withAction.safeParse(payload);
  return data === undefined ? event : `${event}.${data.action}`;
};

/** What a webhook of GitHub says, in our events. Throws `InvalidInput` for a payload that is not of its event. */
export const translate = (event: string, payload: unknown): Outcome =>
  translations.get(event)?.(payload) ?? skip(`${nameOf(event, payload)}: no part of a delivery`);
