import { posix } from 'node:path';
import type { Place } from './manifests.ts';

/** Argo CD's own words for the health of what runs. */
export type Health = 'Healthy' | 'Degraded' | 'Progressing' | 'Missing' | 'Suspended' | 'Unknown';

export interface OperationState {
  phase: 'Running' | 'Succeeded' | 'Failed' | 'Error';
  message: string;
  startedAt: string;
  finishedAt?: string;
  operation: { sync: { revision: string } };
  syncResult: { revision: string; resources: { kind: string; name: string; status: string; images?: string[] }[] };
}

/** An Application as it stands in Kubernetes, as far as templates and triggers look at it. */
export interface ApplicationResource {
  metadata: {
    name: string;
    namespace: string;
    annotations: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: {
    project: string;
    source: { repoURL: string; path: string; targetRevision: string };
    syncPolicy: { automated?: Record<string, never> };
  };
  status: {
    sync: { status: 'Synced' | 'OutOfSync' | 'Unknown'; revision?: string };
    health: { status: Health; message?: string; lastTransitionTime?: string };
    operationState?: OperationState;
    summary: { images: string[] };
    history: { id: number; revision: string; deployStartedAt: string; deployedAt: string }[];
    reconciledAt?: string;
    conditions?: { type: string; message: string }[];
  };
}

export interface ApplicationOptions {
  readonly name: string;
  readonly repoUrl: string;
  readonly branch: string;
  readonly place: Place;
  readonly project?: string;
  /** @default true */
  readonly automated?: boolean;
  /** `argocd.argoproj.io/manifest-generate-paths` */
  readonly manifestGeneratePaths?: string;
}

/** Kubernetes' times are whole seconds. */
export const kubernetesTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

const generatePaths = 'argocd.argoproj.io/manifest-generate-paths';

export const createResource = (options: ApplicationOptions): ApplicationResource => {
  const { name, repoUrl, branch, place, project = 'default', automated = true, manifestGeneratePaths } = options;
  return {
    metadata: {
      name,
      namespace: 'argocd',
      annotations: {
        'notifications.argoproj.io/subscribe.fairlead': '',
        ...(manifestGeneratePaths !== undefined && { [generatePaths]: manifestGeneratePaths }),
      },
    },
    spec: {
      project,
      source: {
        repoURL: repoUrl,
        path: 'path' in place ? place.path : posix.dirname(place.file),
        targetRevision: branch,
      },
      syncPolicy: automated ? { automated: {} } : {},
    },
    status: {
      sync: { status: 'Unknown' },
      health: { status: 'Missing' },
      summary: { images: [] },
      history: [],
    },
  };
};

/** The paths whose change refreshes an application; none means all. */
export const refreshPathsOf = ({ metadata, spec }: ApplicationResource): string[] =>
  (metadata.annotations[generatePaths] ?? '')
    .split(';')
    .filter((path) => path !== '')
    .map((path) => (path.startsWith('/') ? path.slice(1) : posix.join(spec.source.path, path)));
