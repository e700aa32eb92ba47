import { functions } from '#events/catalog.ts';
import type { EventKind } from '#events/event.ts';

/** Every function with what it consumes and produces, in the order of a delivery. */
export const contracts = Object.entries(functions);

/** The functions that produce a kind of event. */
export const producersOf = (kind: EventKind): string[] =>
  contracts.filter(([, { produces }]) => produces.includes(kind)).map(([name]) => name);

/** The functions that ask for a kind of event by its name. */
export const consumersOf = (kind: EventKind): string[] =>
  contracts.filter(([, { consumes }]) => consumes !== 'everything' && consumes.includes(kind)).map(([name]) => name);

export const consumersOfEverything: readonly string[] = contracts
  .filter(([, { consumes }]) => consumes === 'everything')
  .map(([name]) => name);

/** `dev.cdevents.branch.created` is `branch.created` to a reader, `dev.cdeventsx.fairlead-image.requested` `image.requested`. */
export const shortName = ({ detailType }: EventKind): string =>
  detailType.replace(/^dev\.cdeventsx\.[a-zA-Z0-9]+-|^dev\.cdevents\./, '');
