import type { Check } from './check.ts';
import type { Platform } from './platform.ts';
import type { ServiceFile } from './service.ts';

/** What is wrong, where, and what was expected. */
export interface Problem {
  readonly file: string;
  /** `checkout.environments.staging.path` */
  readonly path: string;
  readonly message: string;
}

/** Where an environment's images are written: a folder whose contents decide, or a file for one image, and perhaps its key. */
export type Edit =
  | { readonly path: string; readonly addMissing?: boolean | undefined }
  | { readonly file: string; readonly key?: string | undefined; readonly image: string };

/** A service's environment with every default in place. */
export interface Environment {
  readonly service: string;
  readonly team: string;
  readonly name: string;
  readonly mode: 'observe' | 'write';
  /** The GitOps repository's name in `Config.gitops`. */
  readonly gitops: string;
  readonly edits: readonly Edit[];
  /** Each as `<argocd>/<name>`. */
  readonly applications: readonly string[];
  readonly tags?: ServiceFile['environments'][string]['tags'];
  readonly pin: boolean;
  /** What is asked of a deployment; without any, healthy counts as proven. */
  readonly smoke: readonly Check[];
  readonly rollback: 'auto' | 'ask' | 'off';
  readonly strategy: 'push' | 'pull-request';
}

export interface Service extends Pick<ServiceFile, 'team' | 'source' | 'build' | 'images'> {
  readonly name: string;
  readonly environments: readonly Environment[];
}

/** A service whose file is wrong. What could be read of it tells whom it concerns. */
export interface DisabledService {
  readonly name: string;
  readonly team?: string | undefined;
  readonly sources: readonly string[];
  readonly images: readonly string[];
  readonly problems: readonly Problem[];
}

export interface Config {
  /** The first twelve hex digits of the files' SHA-256: logs name it. */
  readonly version: string;
  readonly gitops: Readonly<Record<string, Platform['gitops'][string] & { readonly name: string }>>;
  readonly argocd: Readonly<Record<string, Platform['argocd'][string] & { readonly name: string }>>;
  readonly teams: Readonly<Record<string, Platform['teams'][string] & { readonly name: string }>>;
  readonly services: readonly Service[];
  readonly disabled: readonly DisabledService[];
}

/** Where handlers get the configuration from. */
export type ConfigSource = () => Promise<Config>;

/** The environment that an event names, if it is configured. */
export const environmentOf = (
  config: Config,
  named: { readonly service?: string | undefined; readonly environment?: string | undefined },
): Environment | undefined =>
  config.services
    .find(({ name }) => name === named.service)
    ?.environments.find(({ name }) => name === named.environment);
