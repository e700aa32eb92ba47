import type { AnyEvent } from '#events/event.ts';
import { artifactPublished } from '#events/images.ts';
import type { Environment } from '#shared/config/config.ts';
import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import type { Witness } from './witness.ts';

/** What is wrong with deliveries that are over; nothing if nothing is. */
export type Check = (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[]) => Promise<string[]> | string[];

export const ofChain = ({ events }: Pick<Witness, 'events'>, chain: string): AnyEvent[] =>
  events.filter(({ data }) => data.context.chainId === chain);

/** The tag that the pipeline gave each image of a delivery, by the image's repository. */
export const tagsOf = (witness: Witness, { chain }: Pushed): Map<string, string> =>
  new Map(
    ofChain(witness, chain)
      .filter(artifactPublished.is)
      .map(({ data: { customData } }) => [customData.image.repository, customData.image.tag]),
  );

export const writes = ({ mode }: Environment): boolean => mode === 'write';

const runs = (environment: Environment): boolean => writes(environment) && environment.applications.length > 0;

/** Where a deployment is proven by its smoke checks. */
export const isChecked = (environment: Environment): boolean => runs(environment) && environment.smoke.length > 0;

/** Where a deployment ends when it is healthy. */
export const isUnchecked = (environment: Environment): boolean => runs(environment) && environment.smoke.length === 0;

/** Where a bad deployment leaves by itself. */
export const rollsBack = (environment: Environment): boolean =>
  isChecked(environment) && environment.rollback === 'auto';

/** Full commit ids are for machines. */
export const shortTag = (tag: string): string => tag.replace(/[0-9a-f]{40}/g, (commit) => commit.slice(0, 7));
