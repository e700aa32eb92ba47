import type { SeenImage } from '../seen-image.ts';
import type { Survey } from '../survey.ts';
import { draft } from './draft.ts';
import type { DraftService } from './drafted.ts';
import { createForeign } from './own-images.ts';
import { platformText } from './platform-text.ts';
import type { Present } from './present.ts';
import { refusedOf } from './refused.ts';
import { environmentsText, type Names, servicesText } from './service-text.ts';
import { surroundingsOf } from './surroundings.ts';

/** An image that the starting configuration does not name. */
export interface LeftOut {
  readonly image: SeenImage;
  readonly why: string;
}

/** What a service lacks, as it would stand under its `environments`. */
export interface Addition {
  readonly service: string;
  /** The service's. */
  readonly file: string;
  readonly text: string;
}

/** What a team can begin with, for the images that no service names. */
export interface Starting {
  /** Where there is no platform file yet. */
  readonly platform?: string | undefined;
  /** New services; empty if there are none. */
  readonly services: string;
  /** Environments for services that are there. */
  readonly additions: readonly Addition[];
  readonly drafts: readonly DraftService[];
  readonly leftOut: readonly LeftOut[];
}

const namesFor = (surveys: readonly Survey[], present: Present | undefined): Names => {
  if (present === undefined)
    return { team: 'platform', gitops: surveys.length > 1 ? 'named' : 'default', hasArgocd: true };
  const [argocd] = Object.keys(present.config.argocd);
  const [team = 'platform'] = Object.keys(present.config.teams);
  return { team, gitops: 'named', argocd, hasArgocd: argocd !== undefined };
};

const written = (drafts: readonly DraftService[], surveys: readonly Survey[], present: Present | undefined) => {
  const hasApplications = drafts.some(({ environments }) =>
    environments.some(({ applications }) => applications.length > 0),
  );
  return {
    names: namesFor(surveys, present),
    platform: present === undefined ? platformText(surveys, hasApplications) : undefined,
  };
};

/** The drafts as people paste them: new services, and what others lack. */
const toPaste = (drafts: readonly DraftService[], names: Names) => {
  const fresh = drafts.filter(({ known }) => known === undefined);
  const additions = drafts.flatMap(({ name, known, environments }) =>
    known ? [{ service: name, file: known.file, text: environmentsText(environments, names) }] : [],
  );
  return { services: fresh.length > 0 ? servicesText(fresh, names) : '', additions };
};

/** Drafts until nothing of it would be refused: what is pasted works. */
export const startingFor = (
  unnamed: readonly SeenImage[],
  surveys: readonly Survey[],
  present: Present | undefined,
): Starting => {
  const all = surveys.flatMap(({ images }) => images.map(({ repository }) => repository));
  const foreign = createForeign(all);
  const leftOut: LeftOut[] = [];
  let candidates: readonly SeenImage[] = unnamed.filter((image) => {
    const why =
      image.refused?.message ??
      (image.repository === '' ? 'does not tell which image it is' : foreign(image.repository));
    if (why !== undefined) leftOut.push({ image, why });
    return why === undefined;
  });
  const surroundings = surroundingsOf(surveys, present);
  for (;;) {
    const drafts = draft(candidates, surroundings);
    if (drafts.length === 0) return { services: '', additions: [], drafts, leftOut };
    const text = written(drafts, surveys, present);
    const refused = refusedOf(drafts, text, surveys, present);
    if (refused.size === 0) return { platform: text.platform, ...toPaste(drafts, text.names), drafts, leftOut };
    leftOut.push(...[...refused].map(([image, why]) => ({ image, why })));
    candidates = candidates.filter((image) => !refused.has(image));
  }
};
