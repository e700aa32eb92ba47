import type { Kustomizations } from '../kustomizations.ts';
import type { Repository } from '../repository.ts';
import type { Application } from './application.ts';
import { createReach } from './reach.ts';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** What Argo CD deploys from where. */
export interface Deploying {
  readonly applications: readonly Application[];
  /** The applications that a change of this place changes; of a place in an application's manifest that one. */
  applicationsOf(place: Place): readonly Application[];
  /** Whether a place stands in an application's own manifest. */
  isWithin(place: Place, application: Application): boolean;
}

export const createDeploying = (
  applications: readonly Application[],
  repository: Repository,
  kustomizations: Kustomizations,
): Deploying => {
  const reach = createReach(applications, repository, kustomizations);
  const starts = Map.groupBy(applications, ({ file }) => file);
  const isWithin = ({ file, line }: Place, application: Application): boolean => {
    if (file !== application.file || line < application.line) return false;
    return !(starts.get(file) ?? []).some((other) => other.line > application.line && other.line <= line);
  };
  return {
    applications,
    isWithin,
    applicationsOf: (place) => {
      const own = (starts.get(place.file) ?? []).filter((application) => isWithin(place, application));
      return own.length > 0 ? own : reach(place.file);
    },
  };
};
