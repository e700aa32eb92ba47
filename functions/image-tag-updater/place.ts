import type { Config, Environment } from '#shared/config/config.ts';
import type { Edit } from '#shared/gitops/intent.ts';
import type { OfferedPlace } from '#shared/gitops/offers/offer.ts';
import type { NewestBy } from '#shared/gitops/order.ts';

/** Where an environment's configuration writes one image. */
export const editsOf = ({ edits }: Environment, target: string): Edit[] =>
  edits.flatMap((edit): Edit[] => {
    if ('path' in edit) return [edit];
    return edit.image === target ? [{ file: edit.file, key: edit.key }] : [];
  });

/** By today's policy, whatever it was when the image was asked for. */
export const newestBy = (tags: Environment['tags']): NewestBy =>
  tags !== undefined && 'semver' in tags ? 'version' : 'time';

/** An environment as the place of a pull request. */
export const placeOf = (environment: Environment, { services }: Pick<Config, 'services'>): OfferedPlace => {
  const { service, name, pin, tags } = environment;
  const images = services.find((one) => one.name === service)?.images ?? {};
  const edits = Object.fromEntries(Object.keys(images).map((target) => [target, editsOf(environment, target)]));
  return { service, environment: name, edits, pin, newestBy: newestBy(tags) };
};

/** The place of whatever is asked of an environment that takes pull requests; none where it takes pushes, or only observes. */
export const offeredPlaceOf = (environment: Environment, config: Pick<Config, 'services'>): OfferedPlace | undefined =>
  environment.strategy === 'pull-request' && environment.mode === 'write' ? placeOf(environment, config) : undefined;
