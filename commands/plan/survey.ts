import { findApplications } from './argocd/applications.ts';
import { createDeploying, type Deploying } from './argocd/deploying.ts';
import { valuesBeside } from './argocd/reach.ts';
import { inheritedIn } from './chart-values.ts';
import { imagesIn } from './images.ts';
import { readKustomizations } from './kustomizations.ts';
import type { Unreadable } from './manifests.ts';
import { createOverridden } from './overridden.ts';
import type { Repository } from './repository.ts';
import type { SeenImage } from './seen-image.ts';

/** What a repository holds, whatever the configuration says of it. */
export interface Survey {
  readonly repository: Repository;
  /** The places that decide which image runs. */
  readonly images: readonly SeenImage[];
  /** How many others are defaults, which these replace. */
  readonly defaults: readonly SeenImage[];
  readonly deploying: Deploying;
  readonly unreadable: readonly Unreadable[];
}

export const survey = (repository: Repository): Survey => {
  const { images: seen, unreadable } = imagesIn(repository);
  const { applications, unreadable: alsoUnreadable } = findApplications(repository.snapshot);
  const kustomizations = readKustomizations(repository.snapshot);
  const deploying = createDeploying(applications, repository, kustomizations);
  const { inherited, defaults } = inheritedIn(seen, repository, valuesBeside(applications, repository));
  const all = [...seen, ...inherited];
  const isOverridden = createOverridden(all, kustomizations, deploying);
  const isDefault = (image: SeenImage): boolean => defaults.has(image) || isOverridden(image);
  const byFile = new Map([...unreadable, ...alsoUnreadable].map((one) => [one.file, one]));
  return {
    repository,
    images: all.filter((image) => !isDefault(image)),
    defaults: all.filter(isDefault),
    deploying,
    unreadable: [...byFile.values()],
  };
};
