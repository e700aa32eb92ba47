import { pipelineRunFinished, pipelineRunStarted, type RunOutcome } from '#events/pipelines.ts';
import { commitSchema } from '#events/source-control.ts';
import type { Finding } from './decide.ts';
import { type Commit, cameBy } from './evidence.ts';
import type { Facts } from './facts.ts';
import { laterOf } from './moments.ts';
import type { Observation } from './observation.ts';

const by = 'argocd-webhook';

const outcomes: Readonly<Record<string, RunOutcome>> = { Succeeded: 'success', Failed: 'failure', Error: 'error' };

/** The commit that the sync went to: this one, or a later one that contains it. */
const revisionOf = (revisions: readonly string[], commit: Commit): string => {
  const own = commit.data.subject.content.gitops.revision;
  if (revisions.includes(own)) return own;
  return revisions.find((revision) => commitSchema.safeParse(revision).success) ?? own;
};

const eventsOf = (commit: Commit, { application, operation }: Observation, uri: string) => {
  if (!operation) return [];
  const revision = revisionOf(operation.revisions, commit);
  const said = {
    by,
    // The same commit may be synced again, after a failure.
    target: `${application} ${operation.startedAt}`,
    subject: { id: `${application}@${revision}` },
    custom: { system: 'argocd' as const, application, revision },
  };
  const content = { pipelineName: application, uri };
  const started = pipelineRunStarted.causedBy(commit, {
    ...said,
    time: laterOf(operation.startedAt, commit.time),
    content,
  });
  const outcome = outcomes[operation.phase];
  if (!outcome) return [started];
  const finished = pipelineRunFinished.causedBy(commit, {
    ...said,
    time: laterOf(operation.finishedAt ?? operation.startedAt, commit.time),
    content: { ...content, outcome, ...(outcome !== 'success' && { errors: operation.message }) },
  });
  return [started, finished];
};

/** The syncs that brought our commits, on the chain of each. Whoever saw the end knows of the beginning. */
export const syncs = (facts: Facts): readonly Finding[] =>
  facts.commits.flatMap(({ commit }) => {
    const applications = facts.applicationsOf(commit);
    return facts.observations
      .filter((observation) => applications.includes(observation.application) && cameBy(observation, commit))
      .flatMap((observation) => eventsOf(commit, observation, facts.pageOf(observation.application)))
      .map((event) => ({ commit, event }));
  });
