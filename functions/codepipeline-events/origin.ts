import { chainOf } from '#events/identity.ts';
import { pipelineRunQueued } from '#events/pipelines.ts';
import { commitSchema } from '#events/source-control.ts';
import type { Pipelines, SourceRevision } from '#shared/clients/codepipeline.ts';
import type { Service } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import type { StateChange } from './state-change.ts';
import type { Origin } from './translate.ts';

/** An account and a region. Who does not know its own takes every event for one of it. */
export interface Home {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

export const isAt = ({ account, region }: Home, change: Pick<StateChange, 'account' | 'region'>): boolean =>
  (account === undefined || account === change.account) && (region === undefined || region === change.region);

interface Dependencies {
  readonly deliveries: Pick<Deliveries, 'bySubject'>;
  readonly pipelines: Pick<Pipelines, 'revisions'>;
  readonly home: Home;
}

/** `owner/name` of a repository's URL: what CodePipeline writes into the URL of a revision. */
const pathOf = (repository: string): string =>
  new URL(repository).pathname
    .slice(1)
    .replace(/\.git$/, '')
    .toLowerCase();

/** The commit that an execution took from a repository: its only one or, with several sources, the one whose URL names it. */
const commitFrom = (repository: string, revisions: readonly SourceRevision[]): string | undefined => {
  const commits = revisions.filter(({ commit }) => commitSchema.safeParse(commit).success);
  const named = commits.filter(({ url }) => url && decodeURIComponent(url).toLowerCase().includes(pathOf(repository)));
  const [only, ...others] = commits.length > 1 ? named : commits;
  return others.length === 0 ? only?.commit : undefined;
};

/**
 * Finds the delivery that an execution belongs to, once for each service that its pipeline builds: by the event that says it
 * was queued, else by the commit that it checked out. Before the source action neither may be there: an `Upstream`, so that
 * it is tried again. Nothing is found of an execution elsewhere that the log does not know.
 */
export const createOrigins =
  ({ deliveries, pipelines, home }: Dependencies) =>
  async (change: StateChange, services: readonly Service[], signal: AbortSignal): Promise<readonly Origin[]> => {
    const { pipeline, 'execution-id': execution } = change.detail;
    const queued = (await deliveries.bySubject(execution)).filter(pipelineRunQueued.is);
    const [first] = queued;
    if (first) {
      return services.map((service) => ({
        service,
        chain: first.data.context.chainId,
        commit: first.data.customData.commit,
        queued: queued.find((event) => event.service === service.name) ?? first,
      }));
    }

    if (!isAt(home, change)) return [];
    const revisions = await pipelines.revisions(pipeline, execution, signal);
    if (revisions.length === 0) {
      throw new Upstream(
        `Execution ${execution} of "${pipeline}" belongs to no delivery yet: the log has no event of its start, and CodePipeline no source revision.`,
      );
    }
    return services.flatMap((service) => {
      const commit = service.source && commitFrom(service.source.repository, revisions);
      return service.source && commit ? { service, commit, chain: chainOf(service.source.repository, commit) } : [];
    });
  };
