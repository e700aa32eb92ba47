import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplication, type Delays, type Step } from './application.ts';
import { parseConfigMap } from './notifications/config-map.ts';
import { createNotifications } from './notifications/controller.ts';
import { createSender, type NotificationFaults } from './notifications/faults.ts';
import { refreshes } from './push.ts';
import { createRepositories } from './repository.ts';
import { type ApplicationOptions, type ApplicationResource, type Health, refreshPathsOf } from './resource.ts';
import { serveArgocd } from './server.ts';
import { createTracker } from './tracker.ts';

export interface ArgocdFaults {
  readonly notification?: NotificationFaults;
  /** The message of a sync that fails. */
  readonly sync?: (application: string, images: readonly string[]) => string | undefined;
  /** The status that `/api/webhook` answers instead of listening, e.g. 503 for a full queue. */
  readonly webhook?: () => number | undefined;
}

interface Options {
  /** Its name under `argocd` in the configuration. */
  readonly name: string;
  readonly applications: readonly ApplicationOptions[];
  /** `webhook.github.secret` */
  readonly webhookSecret: string;
  /** What opens its API, of which applications can be read. @default nothing does */
  readonly apiToken?: string;
  /** The ConfigMap's text, and what argocd-notifications-secret holds for it; `setNotifications` may tell the URL later. */
  readonly notifications: { readonly configMap: string; readonly url?: string; readonly token: string };
  /** What Argo CD shows to a private repository, as the password of `x-access-token`. */
  readonly repositoryToken?: string;
  /** Where a repository is served that the world knows by another URL. */
  readonly resolve?: (repoUrl: string) => string;
  /** Milliseconds. `resync` is how often everything is looked at again; `retries` scales the waits of a notification's retries. */
  readonly delays?: Partial<Delays> & { readonly resync?: number; readonly retries?: number };
  /** What becomes of an application that runs these images. @default healthy */
  readonly health?: (application: string, images: readonly string[]) => Health | { status: Health; message?: string };
  readonly faults?: ArgocdFaults;
  readonly now?: () => number;
}

/** Something that a person would see in Argo CD. */
export interface ArgocdEvent {
  readonly argocd: string;
  readonly application: string;
  readonly step: Step;
  readonly revision: string | undefined;
  readonly images: readonly string[];
  readonly message: string | undefined;
}

const defaults = { refresh: 100, sync: 300, rollout: 700, termination: 300, resync: 60_000, retries: 1 };

/**
 * Argo CD with a small cluster: refreshes on nothing but GitHub's webhook, reads the GitOps repository itself by git, syncs
 * automatically, rolls out, and sends what the ConfigMap makes of it.
 */
export const createArgocdStandin = async (options: Options) => {
  const { name, webhookSecret, notifications, faults = {}, now = Date.now } = options;
  const delays = { ...defaults, ...options.delays };
  const closing = new AbortController();
  const { signal } = closing;
  const { track, idle } = createTracker();
  const listeners = new Set<(event: ArgocdEvent) => void>();
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-argocd-'));
  const repositoryOf = createRepositories(folder, options.resolve ?? ((url) => url), options.repositoryToken);

  const configure = (url: string | undefined) =>
    parseConfigMap(notifications.configMap, {
      ...(url !== undefined && { 'fairlead-url': url }),
      'fairlead-token': notifications.token,
    });
  let configuration = configure(notifications.url);
  const controller = createNotifications({
    configuration: () => configuration,
    now,
    send: createSender({ faults: faults.notification ?? (() => undefined), scale: delays.retries, signal, track }),
  });

  const changed = (resource: ApplicationResource, step: Step | undefined): void => {
    track(controller.look(resource));
    if (step === undefined) return;
    const { sync, summary, health, operationState } = resource.status;
    const message = step === 'sync-failed' ? operationState?.message : health.message;
    const event = { argocd: name, application: resource.metadata.name, step, revision: sync.revision, message };
    for (const listener of listeners) listener({ ...event, images: [...summary.images] });
  };

  const healthOf = (application: string, images: readonly string[]) => {
    const health = options.health?.(application, images) ?? 'Healthy';
    return typeof health === 'string' ? { status: health } : health;
  };
  const applications = new Map(
    options.applications.map((application) => [
      application.name,
      createApplication(application, {
        repository: repositoryOf(application.repoUrl),
        delays,
        now,
        signal,
        changed,
        track,
        health: healthOf,
        failure: faults.sync ?? (() => undefined),
      }),
    ]),
  );
  for (const application of applications.values()) {
    await application.start();
    await controller.prime(application.resource);
  }

  const server = await serveArgocd({
    webhookSecret,
    fault: faults.webhook ?? (() => undefined),
    take: (push) => {
      for (const { resource, refresh } of applications.values()) {
        const source = { ...resource.spec.source, refreshPaths: refreshPathsOf(resource) };
        if (refreshes(push, source)) refresh();
      }
    },
    apiToken: options.apiToken,
    application: (application) => applications.get(application)?.resource,
  });

  const resync = (): void => {
    for (const { resource } of applications.values()) track(controller.look(resource));
  };
  const timer = setInterval(resync, delays.resync).unref();
  const named = (application: string) => {
    const found = applications.get(application);
    if (!found) throw new Error(`Argo CD ${name} has no application ${application}`);
    return found;
  };

  return {
    url: server.url,
    subscribe: (listener: (event: ArgocdEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** The resources as they are now. */
    applications: (): readonly ApplicationResource[] =>
      [...applications.values()].map(({ resource }) => structuredClone(resource)),
    /** The images whose pods take an application's requests. */
    running: (application: string): readonly string[] => named(application).running(),
    /** Something happens to what runs, with no commit: it degrades, or recovers. */
    setHealth: (application: string, health: Health, message?: string): void =>
      named(application).setHealth(health, message),
    remove: (application: string): void => named(application).remove(),
    /** What happens each minute: what was not taken is sent again. */
    resync,
    /** Puts the URL into argocd-notifications-secret. */
    setNotifications: (url: string): void => {
      configuration = configure(url);
    },
    /** When nothing is under way. */
    idle,
    close: async (): Promise<void> => {
      clearInterval(timer);
      closing.abort();
      server.close();
      await idle();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
