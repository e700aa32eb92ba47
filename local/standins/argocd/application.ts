import { setTimeout as wait } from 'node:timers/promises';
import { type Place, wantedImages } from './manifests.ts';
import type { Repository } from './repository.ts';
import type { ApplicationResource, OperationState } from './resource.ts';
import { type ApplicationOptions, createResource, type Health, kubernetesTime } from './resource.ts';

/** How long things take. Milliseconds. */
export interface Delays {
  readonly refresh: number;
  readonly sync: number;
  /** Until the new pods are ready, or found not to be. */
  readonly rollout: number;
  /** Until the old pods are gone after that. */
  readonly termination: number;
}

export type Step =
  | 'refreshed'
  | 'syncing'
  | 'synced'
  | 'sync-failed'
  | 'healthy'
  | 'degraded'
  | 'progressing'
  | 'deleted';

interface Surroundings {
  readonly repository: Repository;
  readonly delays: Delays;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** What becomes of an application that runs these images. */
  readonly health: (application: string, images: readonly string[]) => { status: Health; message?: string };
  /** A message where the sync fails. */
  readonly failure: (application: string, images: readonly string[]) => string | undefined;
  /** The resource was written, and what that means to a person. */
  readonly changed: (resource: ApplicationResource, step: Step | undefined) => void;
  /** Work that `idle` waits for. */
  readonly track: (work: Promise<void>) => void;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((image, at) => image === b[at]);

const stepOf = (status: Health): Step | undefined => {
  if (status === 'Healthy') return 'healthy';
  if (status === 'Degraded') return 'degraded';
  return status === 'Progressing' ? 'progressing' : undefined;
};

/** One Service, and a Deployment for each image. */
const resourcesOf = (images: readonly string[]): OperationState['syncResult']['resources'] => [
  { kind: 'Service', name: 'app', status: 'Synced' },
  ...images.map((image) => {
    const name = image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/, '');
    return { kind: 'Deployment', name, status: 'Synced', images: [image] };
  }),
];

/** One application: compares Git with its small cluster when it is refreshed, syncs, and rolls out. */
export const createApplication = (options: ApplicationOptions, surroundings: Surroundings) => {
  const { repository, delays, now, signal, changed, track } = surroundings;
  const { name, branch } = options;
  const place: Place = options.place;
  const resource = createResource(options);
  const { status } = resource;
  /** What the manifests in the cluster say, and how often they changed. */
  const cluster: { images: readonly string[]; generation: number } = { images: [], generation: 0 };
  /** What the pods run that take requests: while the new ones are not ready, the old ones do. */
  let ready: readonly string[] = [];
  let refreshing: 'no' | 'running' | 'again' = 'no';
  let lastFailure: string | undefined;

  const pause = (milliseconds: number) => wait(milliseconds, undefined, { signal });
  const time = () => kubernetesTime(now());

  const setHealth = (health: { status: Health; message?: string }): void => {
    const since = status.health.status === health.status ? status.health.lastTransitionTime : undefined;
    status.health = { ...health, lastTransitionTime: since ?? time() };
  };

  const rollOut = async (generation: number): Promise<void> => {
    await pause(delays.rollout);
    if (generation !== cluster.generation) return;
    setHealth(surroundings.health(name, cluster.images));
    if (status.health.status === 'Healthy') ready = cluster.images;
    changed(resource, stepOf(status.health.status));
    if (status.health.status !== 'Healthy') return; // the old pods stay while the new ones are not ready
    await pause(delays.termination);
    if (generation !== cluster.generation) return;
    status.summary = { images: [...cluster.images] };
    changed(resource, undefined);
  };

  const apply = (images: readonly string[]): void => {
    cluster.images = images;
    cluster.generation += 1;
    status.sync.status = 'Synced';
    status.reconciledAt = time();
    status.summary = { images: [...new Set([...status.summary.images, ...images])].sort() };
    setHealth({ status: 'Progressing' });
    changed(resource, 'synced');
    track(rollOut(cluster.generation));
  };

  const finish = (operation: OperationState, phase: OperationState['phase'], message: string): void => {
    status.operationState = { ...operation, phase, message, finishedAt: time() };
  };

  const sync = async (revision: string, images: readonly string[]): Promise<void> => {
    const startedAt = time();
    const operation: OperationState = {
      phase: 'Running',
      message: '',
      startedAt,
      operation: { sync: { revision } },
      syncResult: { revision, resources: [] },
    };
    status.operationState = operation;
    changed(resource, 'syncing');
    await pause(delays.sync);
    const failure = surroundings.failure(name, images);
    if (failure !== undefined) {
      lastFailure = revision; // automated sync does not try the same commit twice
      finish(operation, 'Failed', failure);
      status.reconciledAt = time();
      changed(resource, 'sync-failed');
      return;
    }
    operation.syncResult.resources = resourcesOf(images);
    finish(operation, 'Succeeded', 'successfully synced (all tasks run)');
    const history = { id: status.history.length, revision, deployStartedAt: startedAt, deployedAt: time() };
    status.history = [...status.history, history].slice(-10);
    apply(images);
  };

  const reconcile = async (): Promise<void> => {
    await pause(delays.refresh);
    const snapshot = await repository.fetch(branch);
    const images = await wantedImages(snapshot, place);
    const synced = same(images, cluster.images);
    status.sync = { status: synced ? 'Synced' : 'OutOfSync', revision: snapshot.revision };
    status.reconciledAt = time();
    delete status.conditions;
    changed(resource, 'refreshed');
    const automated = resource.spec.syncPolicy.automated !== undefined;
    if (!synced && automated && lastFailure !== snapshot.revision) await sync(snapshot.revision, images);
  };

  const compareUntilQuiet = async (): Promise<void> => {
    do {
      refreshing = 'running';
      await reconcile().catch((error: unknown) => {
        if (signal.aborted) return;
        status.sync.status = 'Unknown';
        status.conditions = [{ type: 'ComparisonError', message: String(error) }];
        changed(resource, undefined);
      });
    } while (wantedAgain());
    refreshing = 'no';
  };
  const wantedAgain = (): boolean => refreshing === 'again';

  return {
    resource,
    running: (): readonly string[] => ready,
    /** What was deployed before anybody looked. */
    start: async (): Promise<void> => {
      const { revision, images } = await repository.fetch(branch).then(async (snapshot) => ({
        revision: snapshot.revision,
        images: await wantedImages(snapshot, place),
      }));
      const at = time();
      cluster.images = images;
      ready = images;
      status.sync = { status: 'Synced', revision };
      status.summary = { images: [...images] };
      status.reconciledAt = at;
      status.history = [{ id: 0, revision, deployStartedAt: at, deployedAt: at }];
      const syncResult = { revision, resources: resourcesOf(images) };
      const done = { startedAt: at, finishedAt: at, operation: { sync: { revision } }, syncResult };
      status.operationState = { ...done, phase: 'Succeeded', message: 'successfully synced (all tasks run)' };
      setHealth({ status: 'Healthy' });
    },
    /** Looks at Git again. Askings that come meanwhile become one, which sees the newest commit. */
    refresh: (): void => {
      if (refreshing !== 'no') {
        refreshing = 'again';
        return;
      }
      refreshing = 'running';
      track(compareUntilQuiet());
    },
    /** Something happens to what runs, with no commit. */
    setHealth: (health: Health, message?: string): void => {
      setHealth({ status: health, ...(message !== undefined && { message }) });
      changed(resource, stepOf(health));
    },
    remove: (): void => {
      resource.metadata.deletionTimestamp = time();
      changed(resource, 'deleted');
    },
  };
};
