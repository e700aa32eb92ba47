import { type AnyEvent, producerOf } from '#events/event.ts';
import { rollbackWithheld } from '#events/holds.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { Config, Environment } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import type { Commit, Facts, Failure, Neighbour, Request } from './facts.ts';

export type Log = Pick<Deliveries, 'append' | 'chain' | 'commits' | 'deployment'>;

/** How many commits of an environment are looked through. */
const lookBack = 100;
/** Of another service's, where only the last change of each image matters. */
const neighboursLookBack = 20;

const isDeployment = (event: AnyEvent): boolean =>
  serviceDeployed.is(event) || serviceUpgraded.is(event) || serviceRolledback.is(event);

const causeOf = ({ data }: AnyEvent): string | undefined => data.context.links?.[0]?.from.contextId;

/** When what a commit asked for was seen to run. */
const deployedAt = (commit: Commit, chain: readonly AnyEvent[]): string | undefined =>
  chain.find((event) => isDeployment(event) && causeOf(event) === commit.id)?.time;

/** The commit that put the failing image there; undefined where the failure names none of ours. */
const commitOf = (failure: Failure, chain: readonly AnyEvent[]): Commit | undefined => {
  const find = (id: string): AnyEvent => {
    const event = chain.find((one) => one.id === id);
    if (event === undefined) throw new Upstream(`${failure.id} is about ${id}, which is not in the log yet.`);
    return event;
  };
  const cause =
    failure.type === testSuiteRunFinished.type ? causeOf(find(failure.data.customData.deployment)) : causeOf(failure);
  const commit = cause === undefined ? undefined : find(cause);
  return commit && imageCommitted.is(commit) ? imageCommitted.schema.parse(commit) : undefined;
};

const requestOf = (commit: Commit, chain: readonly AnyEvent[]): Request | undefined => {
  const event = chain.find(
    (one) => imageRequested.is(one) && causeOf(one) === commit.id && producerOf(one) === 'rollback-trigger',
  );
  return event && imageRequested.schema.parse(event);
};

/** The table keeps no order of fields; the schemas have one, so that the same event has the same bytes. */
const inOrder = (event: AnyEvent): AnyEvent =>
  [imageRequested, rollbackWithheld].find(({ type }) => type === event.type)?.schema.parse(event) ?? event;

const environmentsBeside = (environment: Environment, config: Config): Environment[] =>
  config.services
    .filter(({ name }) => name !== environment.service)
    .flatMap(({ environments }) => environments)
    .filter(({ applications }) => applications.some((name) => environment.applications.includes(name)));

/** The last change of each image, up to a moment. */
const lastChanges = (commits: readonly Commit[]): Commit[] =>
  [
    ...Map.groupBy(
      commits.filter(({ data }) => data.subject.content.changed),
      ({ subject }) => subject,
    ).values(),
  ].flatMap((all) => all.at(-1) ?? []);

/** Reads what is known of failing deployments from the log. Throws `Upstream` where it is not there yet. */
export const createHistory = (log: Log) => {
  const neighboursOf = async (environment: Environment, config: Config, until: string): Promise<Neighbour[]> => {
    const of = async ({ service, name, applications }: Environment): Promise<Neighbour[]> => {
      const changes = lastChanges(await log.commits(service, name, { most: neighboursLookBack, until }));
      const alike = applications.length === 1 && environment.applications.length === 1;
      return Promise.all(
        changes.map(async (commit) => {
          const at = deployedAt(commit, await log.chain(commit.data.context.chainId));
          return { service, alike, deployedAt: at };
        }),
      );
    };
    return (await Promise.all(environmentsBeside(environment, config).map(of))).flat();
  };

  return {
    /** The commit that put the failing image there, and the rest of its chain. */
    async origin(failure: Failure): Promise<{ commit: Commit; chain: readonly AnyEvent[] } | undefined> {
      const chain = await log.chain(failure.data.context.chainId);
      const commit = commitOf(failure, chain);
      return commit && { commit, chain };
    },

    async facts(
      failure: Failure,
      { commit, chain }: { readonly commit: Commit; readonly chain: readonly AnyEvent[] },
      { environment, config }: { readonly environment: Environment; readonly config: Config },
    ): Promise<Facts> {
      const { service, name } = environment;
      const at = deployedAt(commit, chain);
      const [commits, deployment, neighbours] = await Promise.all([
        log.commits(service, name, { most: lookBack }),
        log.deployment(service, name, commit.data.subject.content.target),
        neighboursOf(environment, config, at ?? failure.time),
      ]);
      return {
        commit,
        deployedAt: at,
        commits: commits.filter(({ subject }) => subject === commit.subject),
        verified: deployment?.verified,
        neighbours,
        request: requestOf(commit, chain),
      };
    },

    /** What was decided first for a deployment stands: who decides the same a moment later, of other facts, says it again. */
    async settle(event: AnyEvent): Promise<AnyEvent> {
      if (await log.append(event)) return event;
      const known = (await log.chain(event.data.context.chainId)).find(({ id }) => id === event.id);
      if (known === undefined) throw new Upstream(`The log refused ${event.id}, and does not have it either.`);
      return inOrder(known);
    },
  };
};
