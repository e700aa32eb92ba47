import type { Contender } from './contender.ts';
import { checkUpdates, headOf, type Update } from './site/check.ts';
import { filesPerService, serviceName } from './site/layout.ts';
import type { Site } from './site/site.ts';

export interface Sample {
  readonly ms: number;
  readonly requests: number;
  readonly connections: number;
  /** Those that changed something. */
  readonly pushes: number;
}

/** One after the other, over one repository. */
export interface Race {
  readonly files: number;
  readonly roundTripMs: number;
  /** How many services get a new image at once. */
  readonly updates: number;
  readonly contenders: readonly Contender[];
}

/** Each image of the whole run is newer than the one before. */
let minute = 0;

const nextUpdates = (race: Race, round: number): Update[] =>
  Array.from({ length: race.updates }, (_, at) => {
    minute += 1;
    // Never the first service: it is what the warm writer has written before.
    const services = race.files / filesPerService - 1;
    return { service: serviceName(1 + ((round * race.updates + at) % services)), tag: `main-${minute}`, minute };
  });

const runOnce = async (site: Site, race: Race, contender: Contender, round: number): Promise<Sample> => {
  const served = await site.repository(race.files);
  const course = { site, url: await site.urlOf(served, race.roundTripMs), branch: served.branch };
  const updates = nextUpdates(race, round);
  await contender.prepare?.(course, updates);
  const head = await headOf(served);
  const before = await site.traffic();
  const started = performance.now();
  await contender.run(course, updates);
  const ms = performance.now() - started;
  const { requests, connections, pushes } = await site.traffic();
  await checkUpdates(served, head, updates);
  await site.tidy();
  return {
    ms,
    requests: requests - before.requests,
    connections: connections - before.connections,
    pushes: pushes - before.pushes,
  };
};

/** Two runs that nobody counts: each contender's code is compiled when it is first used. */
export const warmUp = async (site: Site, contenders: readonly Contender[]): Promise<void> => {
  await runRace(site, { files: 100, roundTripMs: 0, updates: 1, contenders }, 2);
};

/** So many runs of each, one after the other (A B C A B C): whatever slows the machine down slows all of them down. */
export const runRace = async (site: Site, race: Race, runs: number): Promise<ReadonlyMap<Contender, Sample[]>> => {
  const samples = new Map(race.contenders.map((contender): [Contender, Sample[]] => [contender, []]));
  for (let round = 0; round < runs; round += 1) {
    for (const [contender, list] of samples) list.push(await runOnce(site, race, contender, round));
  }
  return samples;
};
