import type { Stage } from '../aws/connect.ts';
import { Failure } from '../failure.ts';
import type { Place } from '../words.ts';

const most = 10;

/** The places with the same service or environment first. */
const nearest = (places: readonly string[], { service, environment }: Place): readonly string[] => {
  const isNear = (place: string): boolean => place.startsWith(`${service}/`) || place.endsWith(`/${environment}`);
  return [...places.filter(isNear), ...places.filter((place) => !isNear(place))].slice(0, most);
};

/** Of a place nothing is known: which ones there are. */
export const unknownPlace = async (place: Place, stage: Stage): Promise<Failure> => {
  // To list them is a courtesy, for which a role may lack the permission.
  const places = nearest(await stage.somePlaces().catch(() => []), place);
  const known = places.map((name) => `\n  ${name.replace('/', ' ')}`).join('');
  return new Failure(
    `Nothing is known of ${place.service} in ${place.environment} on the stage ${place.stage}.${known && ` Known are, among others:${known}`}`,
  );
};
