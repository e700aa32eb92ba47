import type { EventOf } from '#events/event.ts';
import { canonicalRepository, deriveId } from '#events/identity.ts';
import { pipelineRunQueued } from '#events/pipelines.ts';
import type { branchPushed } from '#events/source-control.ts';
import type { Config, DisabledService, Service } from '#shared/config/config.ts';
import { createPathFilter } from './paths.ts';

export type Push = EventOf<typeof branchPushed>;

/** One execution to start. Services that share a pipeline and its source action share the execution. */
export interface Start {
  readonly pipeline: string;
  readonly source: string;
  readonly commit: string;
  readonly token: string;
  readonly services: readonly Service[];
}

export interface Decision {
  readonly starts: readonly Start[];
  /** Services that are switched off and build from this repository. */
  readonly refused: readonly DisabledService[];
  /** Why nothing is started for a service of this repository, or for anybody. */
  readonly reasons: readonly string[];
}

/** Why a push does not start a build of a service that builds from its repository. */
const reasonAgainst = (push: Push, { name, source, build }: Service): string | undefined => {
  const { branch } = push.data.subject.content;
  if (source?.branch !== branch) return `${name} builds ${source?.branch}, not ${branch}`;
  const { changed, truncated } = push.data.customData.paths;
  if (!truncated && source.paths.length > 0 && !changed.some(createPathFilter(source.paths))) {
    return `nothing under the paths of ${name} changed`;
  }
  return build ? undefined : `${name} has no build.codepipeline`;
};

const startsOf = (push: Push, services: readonly Service[]): Start[] => {
  const { commit } = push.data.subject.content;
  const built = services.flatMap((service) => (service.build ? { service, ...service.build.codepipeline } : []));
  const groups = Map.groupBy(built, ({ pipeline, source }) => JSON.stringify([pipeline, source]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { pipeline, source } = first;
    const token = deriveId(push.id, pipeline, source);
    return { pipeline, source, commit, token, services: group.map(({ service }) => service) };
  });
};

/** Which pipelines a push starts, for which services. */
export const decide = (push: Push, config: Config): Decision => {
  const { id, source } = push.data.subject.content.repository;
  const isHere = (repository: string): boolean => canonicalRepository(repository) === canonicalRepository(source);

  const concerned = config.services.filter((service) => service.source && isHere(service.source.repository));
  const judged = concerned.map((service) => ({ service, reason: reasonAgainst(push, service) }));
  const refused = config.disabled.filter(({ sources }) => sources.some(isHere));
  const reasons = judged.flatMap(({ reason }) => reason ?? []);
  return {
    starts: startsOf(
      push,
      judged.filter(({ reason }) => reason === undefined).map(({ service }) => service),
    ),
    refused,
    reasons: concerned.length > 0 ? reasons : [`no service builds from ${id}`],
  };
};

/** Says that a service's build was asked for. */
export const queued = (
  push: Push,
  { pipeline, commit }: Start,
  service: Service,
  execution: { id: string; url: string },
) =>
  pipelineRunQueued.causedBy(push, {
    by: 'pipeline-trigger',
    subject: { id: execution.id },
    content: { pipelineName: pipeline, uri: execution.url },
    custom: { system: 'codepipeline', commit, actor: push.data.customData.actor },
    service: service.name,
    team: service.team,
    target: pipeline,
  });
