import type { Update } from './site/check.ts';
import type { Site } from './site/site.ts';

/** Where a contender is measured. */
export interface Course {
  readonly site: Site;
  readonly url: string;
  /** As Fairlead's own repositories are called, so that it is the server's. */
  readonly branch: string;
}

/** Somebody who can bring updates into the repository. */
export interface Contender {
  readonly name: string;
  /** What is done before the clock runs. */
  prepare?(course: Course, updates: readonly Update[]): Promise<void>;
  run(course: Course, updates: readonly Update[]): Promise<void>;
}
