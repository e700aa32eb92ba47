import type { EventOf } from '#events/event.ts';
import { type artifactPublished, imageRequested } from '#events/images.ts';
import type { Config, DisabledService, Environment } from '#shared/config/config.ts';
import { reasonAgainstTag } from './tag-policy.ts';

export type Published = EventOf<typeof artifactPublished>;

/** A place where the image could run: an environment, and which image of the service it is there. */
export interface Place {
  readonly environment: Environment;
  readonly target: string;
}

export interface Decision {
  readonly wanted: readonly Place[];
  /** Services that are switched off and name this image. */
  readonly refused: readonly DisabledService[];
  /** Why the other places do not want it, or that nobody knows it. */
  readonly reasons: readonly string[];
}

/** A folder takes whatever image is in it; single places take the one that they name. */
const hasPlaceFor = ({ edits }: Environment, target: string): boolean =>
  edits.some((edit) => 'path' in edit || edit.image === target);

const reasonAgainst = (tag: string, { environment, target }: Place): string | undefined => {
  if (!hasPlaceFor(environment, target)) return `none of its edits is for ${target}`;
  return reasonAgainstTag(tag, environment.tags);
};

/** Which environments want a published image. */
export const decide = (published: Published, { services, disabled }: Config): Decision => {
  const { repository, tag } = published.data.customData.image;
  const places = services.flatMap(({ images, environments }) =>
    Object.entries(images)
      .filter(([, image]) => image === repository)
      .flatMap(([target]) => environments.map((environment) => ({ environment, target }))),
  );
  const judged = places.map((place) => ({ place, reason: reasonAgainst(tag, place) }));
  const reasons = judged.flatMap(({ place: { environment, target }, reason }) =>
    reason === undefined ? [] : `${environment.service}/${environment.name}/${target}: ${reason}`,
  );
  return {
    wanted: judged.filter(({ reason }) => reason === undefined).map(({ place }) => place),
    refused: disabled.filter(({ images }) => images.includes(repository)),
    reasons: places.length > 0 ? reasons : [`no environment uses ${repository}`],
  };
};

/** Its order stays what it was when it was published, by its commit or, where the environment wants that, by the registry. */
const orderIn = (published: Published, { tags }: Environment) => {
  const { order, firstSeen = published.time } = published.data.customData;
  const byRegistry = tags !== undefined && 'pattern' in tags && tags.newest === 'registry';
  return byRegistry ? ({ time: firstSeen, basis: 'registry' } as const) : order;
};

/** Asks for the image in one place. */
export const requested = (published: Published, { environment, target }: Place) => {
  const { service, name, team, mode } = environment;
  const { image, commit } = published.data.customData;
  return imageRequested.causedBy(published, {
    by: 'image-policy',
    subject: { id: `${service}/${name}/${target}` },
    content: {
      service: { id: service },
      environment: { id: name },
      target,
      artifactId: published.data.subject.id,
      image,
      order: orderIn(published, environment),
      reason: 'published',
      mode,
    },
    custom: { actor: { name: 'image-policy', by: 'fairlead' }, commit },
    service,
    environment: name,
    team,
    target,
  });
};
