import type { Environment, Service } from '#shared/config/config.ts';
import { isChecked, rollsBack, writes } from './check.ts';

interface Count {
  readonly least: number;
  readonly most: number;
}

/** How often each type of event should happen when one commit of these services travels, and no other does. */
export type ExpectedTypes = (services: readonly Service[]) => ReadonlyMap<string, Count>;

interface Deployment {
  readonly environment: Environment;
  /** How many images the service has. */
  readonly targets: number;
}

const exactly = (count: number): Count => ({ least: count, most: count });

const sum = (all: readonly Deployment[]): number => all.reduce((total, { targets }) => total + targets, 0);

const deploymentsOf = (services: readonly Service[]): Deployment[] =>
  services.flatMap((service) =>
    service.environments.map((environment) => ({ environment, targets: Object.keys(service.images).length })),
  );

const hasApplications = ({ environment }: Deployment): boolean => environment.applications.length > 0;

/** One request to each instance of Argo CD. */
const requestedSyncs = (all: readonly Deployment[]): number =>
  all
    .filter(hasApplications)
    .reduce(
      (total, { environment, targets }) =>
        total + targets * new Set(environment.applications.map((name) => name.split('/')[0])).size,
      0,
    );

/** Argo CD goes to the newest commit, so a sync may carry several commits, or one commit be seen by several syncs. */
const mostSyncs = (all: readonly Deployment[]): number =>
  all.reduce((total, { environment, targets }) => total + targets * environment.applications.length, 0);

/** What the road and the way back have in common. `written` is everything that goes into Git, `told` how that is called. */
const expected = (services: readonly Service[], rolledBack: readonly Deployment[], told: 'deployed' | 'upgraded') => {
  const built = services.filter(({ build }) => build !== undefined).length;
  const images = new Set(services.flatMap((service) => Object.values(service.images))).size;
  const wanting = deploymentsOf(services);
  const written = wanting.filter(({ environment }) => writes(environment));
  const checked = wanting.filter(({ environment }) => isChecked(environment));
  const all = [...written, ...rolledBack];
  const syncs = mostSyncs(all);
  return new Map<string, Count>([
    ['dev.cdeventsx.github-branch.pushed', exactly(1)],
    ['dev.cdevents.pipelinerun.queued', exactly(built)],
    ['dev.cdevents.pipelinerun.started', { least: built, most: built + syncs }],
    ['dev.cdevents.pipelinerun.finished', { least: built, most: built + syncs }],
    // Two stages of one action each.
    ['dev.cdevents.taskrun.started', exactly(built * 4)],
    ['dev.cdevents.taskrun.finished', exactly(built * 4)],
    ['dev.cdevents.artifact.published', exactly(images)],
    ['dev.cdeventsx.fairlead-image.requested', exactly(sum(wanting) + sum(rolledBack))],
    ['dev.cdeventsx.fairlead-image.committed', exactly(sum(all))],
    ['dev.cdeventsx.fairlead-image.proposed', exactly(sum(wanting) - sum(written))],
    ['dev.cdeventsx.fairlead-sync.requested', exactly(requestedSyncs(all))],
    [`dev.cdevents.service.${told}`, exactly(sum(written.filter(hasApplications)))],
    ['dev.cdevents.service.rolledback', exactly(sum(rolledBack))],
    ['dev.cdevents.testsuiterun.started', exactly(sum(checked) + sum(rolledBack))],
    ['dev.cdevents.testsuiterun.finished', exactly(sum(checked) + sum(rolledBack))],
  ]);
};

/** Of the first commit that travels the whole road, and is good. */
export const typesOfTheRoad: ExpectedTypes = (services) => expected(services, [], 'deployed');

/** Of a later one. */
export const typesOfAnUpgrade: ExpectedTypes = (services) => expected(services, [], 'upgraded');

/** Of a later commit that is bad: it travels the road, and goes back wherever it may by itself. */
export const typesOfTheWayBack: ExpectedTypes = (services) => {
  const checked = deploymentsOf(services).filter(({ environment }) => isChecked(environment));
  const rolledBack = checked.filter(({ environment }) => rollsBack(environment));
  const types = expected(services, rolledBack, 'upgraded');
  return types.set('dev.cdeventsx.fairlead-rollback.withheld', exactly(sum(checked) - sum(rolledBack)));
};
