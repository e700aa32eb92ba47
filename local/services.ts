import type { Config } from '#shared/config/config.ts';
import type { ServedRepository } from './git-server/repository.ts';
import type { createArgocdStandin } from './standins/argocd/standin.ts';
import type { RegistryImage } from './standins/pipeline/registry.ts';
import { createServicesStandin, type Place } from './standins/services/standin.ts';
import { fileOf, repositoryName } from './world/world.ts';

type Argocd = Pick<Awaited<ReturnType<typeof createArgocdStandin>>, 'running'>;

interface Surroundings {
  readonly argocds: ReadonlyMap<string, Argocd>;
  /** The source repositories by their names on GitHub. */
  readonly sources: ReadonlyMap<string, Pick<ServedRepository, 'read'>>;
  /** What is in the registry, and of which commit it was built. */
  readonly images: () => readonly RegistryImage[];
}

/** Every environment that is tested has an address where its service answers. */
const placesOf = ({ services }: Config): Place[] =>
  services.flatMap(({ name: service, images, environments }) =>
    environments
      .filter(({ smoke }) => smoke.length > 0)
      .map(({ name: environment, applications }) => ({
        service,
        environment,
        applications,
        repositories: Object.values(images),
      })),
  );

/** Starts what answers where smoke tests ask: as the commit says that the running image was built of. */
export const startServices = (config: Config, { argocds, sources, images }: Surroundings) =>
  createServicesStandin({
    places: placesOf(config),
    running: (qualified) => {
      const slash = qualified.indexOf('/');
      return argocds.get(qualified.slice(0, slash))?.running(qualified.slice(slash + 1)) ?? [];
    },
    sourceOf: async (name, { repository, tag }) => {
      const service = config.services.find((one) => one.name === name);
      const commit = images().find((image) => image.repository === repository && image.tag === tag)?.commit;
      if (service?.source === undefined || commit === undefined) return undefined;
      const source = sources.get(repositoryName(service.source.repository));
      const content = await source?.read(fileOf(service), commit).catch(() => undefined); // a commit may be without it
      return content?.toString('utf8');
    },
  });
