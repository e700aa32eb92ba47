import { incidentDetected, incidentResolved } from '#events/services.ts';
import type { Finding } from './decide.ts';
import { type Commit, cameBy, showsImage } from './evidence.ts';
import { type Facts, lastOfEachPlace } from './facts.ts';
import { laterOf } from './moments.ts';
import { earliestFirst, hasFailed, isDegraded, isWell, type Observation } from './observation.ts';

const longestDescription = 2000;

/** Something that is wrong with an application, from when on, and who may be to blame. */
interface Trouble {
  readonly kind: 'sync' | 'health';
  readonly observation: Observation;
  readonly since: string;
  readonly description: string;
  readonly isBlamed: (commit: Commit) => boolean;
}

const troublesOf = (observation: Observation): Trouble[] => {
  const { application, operation, health } = observation;
  const troubles: Trouble[] = [];
  if (operation && hasFailed(observation)) {
    troubles.push({
      kind: 'sync',
      observation,
      since: operation.startedAt,
      description: `The sync of ${application} failed: ${operation.message}`,
      isBlamed: (commit) => cameBy(observation, commit),
    });
  }
  // What was unhealthy before the sync began is not the sync's doing.
  const isOld = operation && health.since && Date.parse(health.since) < Date.parse(operation.startedAt);
  if (isDegraded(observation) && !isOld) {
    troubles.push({
      kind: 'health',
      observation,
      since: health.since ?? observation.observedAt,
      description: `${application} is degraded${health.message && `: ${health.message}`}`,
      isBlamed: (commit) => cameBy(observation, commit) && showsImage(observation, commit),
    });
  }
  return troubles;
};

const eventsOf = (trouble: Trouble, commit: Commit, changedTogether: string[], well: Observation | undefined) => {
  const { observation, kind, since } = trouble;
  const { application } = observation;
  const { service, environment, target, image, artifactId, gitops } = commit.data.subject.content;
  const said = {
    by: 'argocd-webhook',
    identity: [application, service.id, environment.id, kind, since],
    chain: commit.data.context.chainId,
    cause: commit,
    service: commit.service,
    environment: commit.environment,
    team: commit.team,
    subject: { id: `${application}/${service.id}/${environment.id}/${kind}@${since}` },
    custom: { application, revision: gitops.revision, target, image, changedTogether },
  };
  const content = { environment, service, artifactId };
  const detected = incidentDetected.reported({
    ...said,
    time: laterOf(since, commit.time),
    content: { ...content, description: trouble.description.slice(0, longestDescription) },
  });
  if (!well) return [detected];
  const resolved = incidentResolved.reported({
    ...said,
    time: laterOf(well.observedAt, detected.time),
    content: { ...content, description: `${application} is healthy again` },
  });
  return [detected, resolved];
};

const incidentsOf = (trouble: Trouble, facts: Facts): readonly Finding[] => {
  const { application, observedAt } = trouble.observation;
  const blamed = lastOfEachPlace(facts, application, trouble.isBlamed);
  const services = [...new Set(blamed.map((commit) => commit.data.subject.content.service.id))].sort();
  const well = facts.observations
    .filter((other) => other.application === application && other.observedAt > observedAt && isWell(other))
    .toSorted(earliestFirst)[0];
  return blamed.flatMap((commit) => eventsOf(trouble, commit, services, well).map((event) => ({ commit, event })));
};

/** What went wrong in the applications, told to those services only whose image came by the sync that failed. */
export const incidents = (facts: Facts): readonly Finding[] =>
  facts.observations
    .toSorted(earliestFirst)
    .flatMap(troublesOf)
    .flatMap((trouble) => incidentsOf(trouble, facts));
