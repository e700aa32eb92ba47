import { deriveId } from '#events/identity.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import type { Finding } from './decide.ts';
import { type Commit, satisfies } from './evidence.ts';
import type { Facts, KnownCommit } from './facts.ts';
import { laterOf } from './moments.ts';
import { earliestFirst, type Observation } from './observation.ts';

/** The first image that Fairlead puts into an environment deploys the service; every other upgrades it, or rolls it back. */
export const kindOf = (commit: Commit) => {
  const { first, reason } = commit.data.subject.content;
  if (reason === 'rollback') return serviceRolledback;
  return first ? serviceDeployed : serviceUpgraded;
};

/** Its deployment was told already. */
export const isDeployed = ({ commit, said }: KnownCommit): boolean => {
  const { service, environment, target } = commit.data.subject.content;
  return said.has(deriveId(commit.id, kindOf(commit).type, service.id, environment.id, target));
};

/** For each application the first observation that shows the commit's image running; none while one is missing. */
const proofOf = (commit: Commit, { observations, applicationsOf }: Facts): readonly Observation[] => {
  const applications = applicationsOf(commit);
  const proof = applications.flatMap(
    (application) =>
      observations
        .filter((observation) => observation.application === application && satisfies(observation, commit))
        .toSorted(earliestFirst)[0] ?? [],
  );
  return proof.length === applications.length ? proof : [];
};

const deployed = (commit: Commit, proof: readonly Observation[]) => {
  const { service, environment, target, artifactId, image, gitops } = commit.data.subject.content;
  return kindOf(commit).causedBy(commit, {
    by: 'argocd-webhook',
    target,
    time: proof.map(({ operation, observedAt }) => operation?.finishedAt ?? observedAt).reduce(laterOf, commit.time),
    subject: { id: service.id },
    content: { environment, artifactId },
    custom: {
      target,
      image,
      revision: gitops.revision,
      applications: proof.map(({ application }) => application),
    },
  });
};

/** What runs in all the applications of its environment. */
export const deployments = (facts: Facts): readonly Finding[] =>
  facts.commits.flatMap((known) => {
    if (isDeployed(known)) return [];
    const { commit } = known;
    const proof = proofOf(commit, facts);
    return proof.length > 0 ? [{ commit, event: deployed(commit, proof) }] : [];
  });
