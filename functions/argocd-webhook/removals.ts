import { serviceRemoved } from '#events/services.ts';
import type { Finding } from './decide.ts';
import type { Commit } from './evidence.ts';
import { type Facts, lastOfEachPlace } from './facts.ts';
import { laterOf } from './moments.ts';

const removed = (commit: Commit, application: string, deletedAt: string) => {
  const { service, environment } = commit.data.subject.content;
  return serviceRemoved.reported({
    by: 'argocd-webhook',
    identity: [application, deletedAt, service.id, environment.id],
    chain: commit.data.context.chainId,
    cause: commit,
    time: laterOf(deletedAt, commit.time),
    service: commit.service,
    environment: commit.environment,
    team: commit.team,
    subject: { id: service.id },
    content: { environment },
    custom: { application },
  });
};

/** An application that is deleted takes its services along; each is told on the chain of its last commit. */
export const removals = (facts: Facts): readonly Finding[] =>
  facts.observations.flatMap(({ application, deletedAt }) =>
    deletedAt === undefined
      ? []
      : lastOfEachPlace(facts, application, () => true).map((commit) => ({
          commit,
          event: removed(commit, application, deletedAt),
        })),
  );
