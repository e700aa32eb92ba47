import type { Config } from '#shared/config/config.ts';
import type { Result, Wish } from '#shared/gitops/intent.ts';
import type { OfferedPlace } from '#shared/gitops/offers/offer.ts';
import type { OfferedInPull } from './offering.ts';
import type { Planned } from './planned.ts';

type Gitops = Config['gitops'][string];

export interface Writing {
  /** Writes the wishes for one GitOps repository, together. One result each; throws what a retry may heal. */
  readonly write: (gitops: Gitops, wishes: readonly Wish[], signal: AbortSignal) => Promise<readonly Result[]>;
  /** The same for one place, by its pull request. */
  readonly offer: (
    gitops: Gitops,
    place: OfferedPlace,
    wishes: readonly Wish[],
    signal: AbortSignal,
  ) => Promise<OfferedInPull>;
}

/** What became of a wish, and of a pull request the parts that its event needs. */
export interface Written extends Partial<Pick<OfferedInPull, 'pull' | 'replaced'>> {
  readonly result: Result;
}

const resultAt = (results: readonly Result[], at: number): Result => {
  const result = results[at];
  if (result === undefined) throw new Error('The writer gave no result.');
  return result;
};

/**
 * Begins to write everything of a batch, side by side for each repository: what is pushed goes together, then one pull request
 * after the other, as GitHub wants it. Gives at once a promise for each, so that a repository that hangs holds no other up.
 */
export const writeAll = (
  planned: readonly Planned[],
  { gitops }: Pick<Config, 'gitops'>,
  { write, offer }: Writing,
  signal: AbortSignal,
): ReadonlyMap<Planned, Promise<Written>> => {
  const written = new Map<Planned, Promise<Written>>();
  for (const [name, together] of Map.groupBy(planned, (one) => one.gitops)) {
    const repository = gitops[name];
    const known = async (): Promise<Gitops> => {
      if (repository === undefined) throw new Error(`${name} is not under gitops of the configuration.`);
      return repository;
    };
    const wishesOf = (some: readonly Planned[]): Wish[] => some.map(({ wish }) => wish);

    const pushed = together.filter(({ place }) => place === undefined);
    const results = known().then((one) => (pushed.length === 0 ? [] : write(one, wishesOf(pushed), signal)));
    for (const [at, one] of pushed.entries())
      written.set(
        one,
        results.then((all) => ({ result: resultAt(all, at) })),
      );

    let turn: Promise<unknown> = results.catch(() => undefined);
    for (const some of Map.groupBy(
      together,
      ({ place }) => place && `${place.service}/${place.environment}`,
    ).values()) {
      const place = some[0]?.place;
      if (place === undefined) continue;
      const offered = turn.then(async () => offer(await known(), place, wishesOf(some), signal));
      turn = offered.catch(() => undefined);
      for (const [at, one] of some.entries())
        written.set(
          one,
          offered.then(({ pull, replaced, results: all }) => {
            // What one pull request replaced is told once, by the first that is in it.
            const tells = all.findIndex(({ outcome }) => outcome === 'offered') === at;
            return { result: resultAt(all, at), pull, replaced: tells ? replaced : [] };
          }),
        );
    }
  }
  return written;
};
