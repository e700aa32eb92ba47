/** The keys of the one table. A function's own records have prefixes of their own. */

export const chainKey = (chain: string) => ({ pk: `CHAIN#${chain}`, prefix: 'EVENT#' });

export const eventKey = (chain: string, event: string) => ({ pk: `CHAIN#${chain}`, sk: `EVENT#${event}` });

/** Commits are found by seven digits or more, as tags carry them. */
export const pushKey = (commit: string, event: string) => ({
  pk: `PUSH#${commit.slice(0, 7)}`,
  sk: `${commit}#${event}`,
});

export const placeKey = (service: string, environment: string): string => `${service}/${environment}`;

export const commitKey = (service: string, environment: string, time: string, event: string) => ({
  pk: `PLACE#${placeKey(service, environment)}`,
  sk: `COMMIT#${time}#${event}`,
});

export const deploymentKey = (service: string, environment: string, target: string) => ({
  pk: `PLACE#${placeKey(service, environment)}`,
  sk: `DEPLOYMENT#${target}`,
});
