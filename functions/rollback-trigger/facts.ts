import type { EventOf } from '#events/event.ts';
import type { imageCommitted, imageRequested } from '#events/images.ts';
import type { incidentDetected } from '#events/services.ts';
import type { testSuiteRunFinished } from '#events/tests.ts';
import type { DeploymentState } from '#shared/deliveries/deployment.ts';

export type Commit = EventOf<typeof imageCommitted>;
export type Request = EventOf<typeof imageRequested>;

/** What says that a deployment is bad. */
export type Failure = EventOf<typeof testSuiteRunFinished | typeof incidentDetected>;

/** The last change of another service that shares an application with the failing one. */
export interface Neighbour {
  readonly service: string;
  /** When it was seen to run, if it was. */
  readonly deployedAt?: string | undefined;
  /** Both services have this one application and no other. */
  readonly alike: boolean;
}

/** What is known of a deployment that failed. */
export interface Facts {
  /** What put the failing image there. */
  readonly commit: Commit;
  /** When the image was seen to run. One that never became healthy was not. */
  readonly deployedAt?: string | undefined;
  /** The last commits of this image of the service, here, oldest first. */
  readonly commits: readonly Commit[];
  readonly verified: DeploymentState | undefined;
  readonly neighbours: readonly Neighbour[];
  /** The rollback that was asked for already, because of this very deployment. */
  readonly request: Request | undefined;
}
