import type { Config, Service } from '#shared/config/config.ts';

interface Count {
  readonly least: number;
  readonly most: number;
}

const exactly = (count: number): Count => ({ least: count, most: count });

/** How often each type of event should happen when one commit of these services travels the whole road, and no other does. */
export const expectedTypes = (_config: Config, services: readonly Service[]): Map<string, Count> => {
  const built = services.filter(({ build }) => build !== undefined);
  const images = new Set(services.flatMap((service) => Object.values(service.images))).size;
  const wanting = services.flatMap((service) =>
    service.environments.map((environment) => ({ environment, targets: Object.keys(service.images).length })),
  );
  const written = wanting.filter(({ environment }) => environment.mode === 'write');
  const sum = (all: readonly { targets: number }[]): number => all.reduce((total, { targets }) => total + targets, 0);
  const deployed = written.filter(({ environment }) => environment.applications.length > 0);
  const instances = deployed.reduce(
    (total, { environment, targets }) =>
      total + targets * new Set(environment.applications.map((name) => name.split('/')[0])).size,
    0,
  );
  // Argo CD goes to the newest commit, so a sync may carry several commits, or one commit be seen by several syncs.
  const syncs = deployed.reduce(
    (total, { environment, targets }) => total + targets * environment.applications.length,
    0,
  );
  const checked = sum(deployed.filter(({ environment }) => environment.smoke.length > 0));

  return new Map<string, Count>([
    ['dev.cdeventsx.github-branch.pushed', exactly(1)],
    ['dev.cdevents.pipelinerun.queued', exactly(built.length)],
    ['dev.cdevents.pipelinerun.started', { least: built.length, most: built.length + syncs }],
    ['dev.cdevents.pipelinerun.finished', { least: built.length, most: built.length + syncs }],
    // Two stages of one action each.
    ['dev.cdevents.taskrun.started', exactly(built.length * 4)],
    ['dev.cdevents.taskrun.finished', exactly(built.length * 4)],
    ['dev.cdevents.artifact.published', exactly(images)],
    ['dev.cdeventsx.fairlead-image.requested', exactly(sum(wanting))],
    ['dev.cdeventsx.fairlead-image.committed', exactly(sum(written))],
    ['dev.cdeventsx.fairlead-image.proposed', exactly(sum(wanting) - sum(written))],
    ['dev.cdeventsx.fairlead-sync.requested', exactly(instances)],
    ['dev.cdevents.service.deployed', exactly(sum(deployed))],
    ['dev.cdevents.testsuiterun.started', exactly(checked)],
    ['dev.cdevents.testsuiterun.finished', exactly(checked)],
  ]);
};
