import type { AnyEvent } from '#events/event.ts';
import { type Config, environmentOf } from '#shared/config/config.ts';
import { type Outcome, skip } from '#shared/handlers/outcome.ts';
import { decide } from './decide.ts';
import { isDeployed } from './deployments.ts';
import { type Commit, cameBy, satisfies } from './evidence.ts';
import type { KnownCommit } from './facts.ts';
import { degradedSince, isDegraded, type Observation } from './observation.ts';
import type { Records } from './records.ts';

const hour = 3600_000;

/** How long after a commit an application may still become healthy with it, or well again. */
const longestRollout = 14 * 24 * hour;

/** A commit that changed nothing may have been observed before it was made. */
const lookBack = 24 * hour;

/** How far Argo CD's clock may be behind that of the commits. */
const skew = hour / 6;

const before = (time: string, milliseconds: number): string => new Date(Date.parse(time) - milliseconds).toISOString();

const applicationsOf = (commit: Commit, config: Config): readonly string[] => {
  const { service, environment } = commit.data.subject.content;
  return environmentOf(config, { service: service.id, environment: environment.id })?.applications ?? [];
};

const environmentsOf = (config: Config) => config.services.flatMap(({ environments }) => environments);

const pageOf = (application: string, config: Config): string => {
  const [instance = '', name = ''] = application.split('/');
  return `${config.argocd[instance]?.url.replace(/\/+$/, '') ?? 'https://argocd'}/applications/${name}`;
};

const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

interface Arrival {
  readonly applications: readonly string[];
  readonly time: string;
  /** Whether what arrived may settle this commit, so that its other applications must be looked at. */
  readonly concerns: (commit: Commit) => boolean;
}

/**
 * Decides what follows from an arrival, and yields it. What arrives is recorded first, all reads are consistent, and every
 * finding rests on facts that further ones can't take back: so whoever records the last of the facts that make a finding sees
 * them all, and no second look is needed.
 */
async function* settle(
  records: Records,
  config: Config,
  arrival: Arrival,
): AsyncGenerator<AnyEvent, readonly KnownCommit[]> {
  const horizon = before(arrival.time, longestRollout);
  const known = (await Promise.all(arrival.applications.map((name) => records.commits(name, horizon)))).flat();
  const pending = known.filter((one) => arrival.concerns(one.commit) && !isDeployed(one));

  const since = [before(arrival.time, 0), ...pending.map(({ commit }) => windowOf(commit))].sort()[0] ?? arrival.time;
  const applications = unique([
    ...arrival.applications,
    ...pending.flatMap(({ commit }) => applicationsOf(commit, config)),
  ]);
  const observations = await Promise.all([
    ...applications.map((name) => records.observations(name, since)),
    ...arrival.applications.map((name) => records.troubles(name, horizon)),
  ]);

  const findings = decide({
    commits: known,
    observations: unique(observations.flat()),
    applicationsOf: (commit) => applicationsOf(commit, config),
    pageOf: (application) => pageOf(application, config),
  });
  for (const { commit, event } of findings) {
    yield event;
    await Promise.all(applicationsOf(commit, config).map((name) => records.markSaid(name, commit, event.id)));
  }
  return known;
}

/** From when on observations may speak for a commit. */
const windowOf = (commit: Commit): string => before(commit.time, commit.data.subject.content.changed ? skew : lookBack);

/** Git has a new image: what Argo CD observed of it may be here already. */
export async function* takeCommit(records: Records, config: Config, commit: Commit): AsyncGenerator<AnyEvent, Outcome> {
  const applications = applicationsOf(commit, config);
  if (applications.length === 0) return skip(`no application of Argo CD serves ${commit.subject}`);
  await Promise.all(applications.map((application) => records.addCommit(application, commit)));
  const { time, id } = commit;
  yield* settle(records, config, { applications, time, concerns: (other) => other.id === id });
  return skip(`Argo CD has told nothing new of ${commit.subject}`);
}

/** Where Argo CD does not tell since when an application is degraded, what was observed since the sync does. */
const dated = async (records: Records, observation: Observation): Promise<Observation> => {
  const { application, observedAt, operation, health } = observation;
  if (!isDegraded(observation) || health.since) return observation;
  const earliest = before(observedAt, longestRollout);
  const since = operation && operation.startedAt > earliest ? operation.startedAt : earliest;
  return degradedSince(observation, await records.observations(application, since));
};

/** Argo CD observed something: what Git was asked may be here already. */
export async function* takeObservation(
  records: Records,
  config: Config,
  observation: Observation,
): AsyncGenerator<AnyEvent, Outcome> {
  const { application, observedAt, operation, sync, health } = observation;
  if (!environmentsOf(config).some(({ applications }) => applications.includes(application))) {
    return skip(`no environment has the application ${application}`);
  }
  await records.addObservation(await dated(records, observation));
  const known = yield* settle(records, config, {
    applications: [application],
    time: observedAt,
    concerns: (commit) => satisfies(observation, commit),
  });
  const isOurs = known.some(({ commit }) => cameBy(observation, commit));
  return skip(
    isOurs
      ? `nothing new follows from ${application} being ${sync} and ${health.status}`
      : `revision ${operation?.revisions[0] ?? 'unknown'} of ${application} is not ours`,
  );
}
