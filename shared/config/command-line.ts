import type { Config } from './config.ts';

/** One image of a service in one environment. */
export interface Place {
  readonly service: string;
  readonly environment: string;
  readonly target: string;
}

/** What a person types to act on a place: `npm run release -- checkout staging --stage dev`. */
export const commandLine = (
  verb: 'rollback' | 'hold' | 'release',
  { service, environment, target }: Place,
  { config, stage }: { readonly config: Config; readonly stage: string },
  ...options: readonly string[]
): string => {
  const images = config.services.find(({ name }) => name === service)?.images ?? {};
  const which = Object.keys(images).length > 1 ? [`--target ${target}`] : [];
  return [`npm run ${verb} -- ${service} ${environment} --stage ${stage}`, ...which, ...options].join(' ');
};
