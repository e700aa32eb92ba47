import type { Commit } from './evidence.ts';
import type { Observation } from './observation.ts';

/** A commit, and the events that were published because of it. */
export interface KnownCommit {
  readonly commit: Commit;
  readonly said: ReadonlySet<string>;
}

/** All that a decision needs, as far as it is known. More of it only ever adds to what is decided. */
export interface Facts {
  readonly commits: readonly KnownCommit[];
  readonly observations: readonly Observation[];
  /** The applications that a commit's environment has now, each as `<argocd>/<name>`; none if it is not configured. */
  readonly applicationsOf: (commit: Commit) => readonly string[];
  /** Where a person looks at an application. */
  readonly pageOf: (application: string) => string;
}

const placeOf = (commit: Commit): string => commit.subject.slice(0, commit.subject.lastIndexOf('/'));

const latestFirst = (a: Commit, b: Commit): number =>
  Date.parse(b.time) - Date.parse(a.time) || (a.id < b.id ? -1 : Number(a.id > b.id));

/** The last commit of each service and environment that an application serves. */
export const lastOfEachPlace = (facts: Facts, application: string, isMeant: (commit: Commit) => boolean): Commit[] => {
  const commits = facts.commits
    .map(({ commit }) => commit)
    .filter((commit) => facts.applicationsOf(commit).includes(application) && isMeant(commit));
  return [...Map.groupBy(commits.toSorted(latestFirst), placeOf).values()].flatMap(([last]) => last ?? []);
};
