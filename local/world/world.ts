import { canonicalRepository } from '#events/identity.ts';
import type { Config, Environment, Service } from '#shared/config/config.ts';
import { manifestsFor } from './manifests.ts';
import { taggerFor } from './tags.ts';

/** A repository with the files of its first commit. `name` is its path on its host: `acme/shop`. */
export interface Repository {
  readonly name: string;
  readonly url: string;
  readonly branch: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Pipeline {
  readonly name: string;
  readonly sourceAction: string;
  /** The name of its source repository, if a service says it. */
  readonly source: string | undefined;
  readonly builds: readonly { readonly repository: string; readonly tag: (commit: string, n: number) => string }[];
}

export interface Application {
  readonly name: string;
  /** The name of its GitOps repository in the configuration, and the folder or values file in it. */
  readonly gitops: string;
  readonly place: { readonly path: string } | { readonly file: string };
}

/** What stands around Fairlead, as far as a configuration tells: the stand-ins are made of it. */
export interface World {
  readonly sources: readonly Repository[];
  /** By the name in the configuration. */
  readonly gitops: Readonly<Record<string, Repository>>;
  readonly pipelines: readonly Pipeline[];
  readonly applications: Readonly<Record<string, readonly Application[]>>;
  readonly channels: readonly string[];
}

/** `https://github.com/acme/shop.git` and `git@github.com:acme/shop.git` → `acme/shop`. */
export const repositoryName = (url: string): string =>
  canonicalRepository(url)
    .replace(/^[a-z]+:\/\//, '')
    .replace(':', '/')
    .split('/')
    .slice(1)
    .join('/');

const literalPart = (glob: string): string => {
  const folders = glob.split('/');
  const first = folders.findIndex((folder) => /[*?{}[\]!()]/.test(folder));
  return first === -1 ? glob : [...folders.slice(0, first), 'server.js'].join('/');
};

/** A file whose change concerns a service. */
export const fileOf = (service: Service): string =>
  literalPart(service.source?.paths.find((path) => !path.startsWith('!')) ?? 'server.js');

const sourcesOf = (services: readonly Service[]): Repository[] => {
  const withSource = services.flatMap((service) => (service.source ? [{ service, source: service.source }] : []));
  const byName = Map.groupBy(withSource, ({ source }) => repositoryName(source.repository));
  return [...byName].map(([name, users]) => ({
    name,
    url: users[0]?.source.repository.replace(/\.git$/, '') ?? '',
    branch: users[0]?.source.branch ?? 'main',
    files: {
      'README.md': `# ${name}\n`,
      ...Object.fromEntries(users.map(({ service }) => [fileOf(service), `// ${service.name}\n`])),
    },
  }));
};

const ecrName = (repository: string): string => repository.slice(repository.indexOf('/') + 1);

const pipelinesOf = (services: readonly Service[]): Pipeline[] => {
  const built = services.flatMap((service) => (service.build ? [{ service, ...service.build.codepipeline }] : []));
  return [...Map.groupBy(built, ({ pipeline }) => pipeline)].map(([name, users]) => ({
    name,
    sourceAction: users[0]?.source ?? 'Source',
    source: users[0]?.service.source && repositoryName(users[0].service.source.repository),
    builds: users.flatMap(({ service }) =>
      Object.values(service.images).map((image) => ({
        repository: ecrName(image),
        tag: taggerFor(service.source?.branch ?? 'main', service.environments),
      })),
    ),
  }));
};

const placeOf = ({ edits }: Environment): Application['place'] => {
  const [edit] = edits;
  if (edit === undefined) return { path: '.' };
  return 'path' in edit ? { path: edit.path } : { file: edit.file };
};

const applicationsOf = (environments: readonly Environment[]): World['applications'] => {
  const all = environments.flatMap((environment) =>
    environment.applications.map((qualified) => {
      const slash = qualified.indexOf('/');
      const application = { name: qualified.slice(slash + 1), gitops: environment.gitops, place: placeOf(environment) };
      return { argocd: qualified.slice(0, slash), application };
    }),
  );
  return Object.fromEntries(
    [...Map.groupBy(all, ({ argocd }) => argocd)].map(([argocd, members]) => [
      argocd,
      // An umbrella's application is named by several services, and is one all the same.
      [...new Map(members.map(({ application }) => [application.name, application])).values()],
    ]),
  );
};

export const worldOf = (config: Config): World => {
  const environments = config.services.flatMap((service) => service.environments);
  return {
    sources: sourcesOf(config.services),
    gitops: Object.fromEntries(
      Object.values(config.gitops).map(({ name, repository, branch }) => {
        const here = environments.filter(({ gitops }) => gitops === name);
        return [
          name,
          { name: repositoryName(repository), url: repository, branch, files: manifestsFor(config.services, here) },
        ];
      }),
    ),
    pipelines: pipelinesOf(config.services),
    applications: applicationsOf(environments),
    channels: [...new Set(Object.values(config.teams).map(({ slack }) => slack))],
  };
};
