import type { EventOf } from '#events/event.ts';
import type { Image } from '#events/image.ts';
import type { imageCommitted } from '#events/images.ts';
import { isWell, type Observation } from './observation.ts';

/*
 * What one observation says of one commit. Nothing here asks what else is known: so whatever arrives first, late or twice, the
 * same is decided in the end.
 */

export type Commit = EventOf<typeof imageCommitted>;

const isAtOrAfter = (moment: string, other: string): boolean => Date.parse(moment) >= Date.parse(other);

const parts = /^(?<repository>[^@]+?)(?::(?<tag>[^:/@]+))?(?:@(?<digest>.+))?$/;

interface Reference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const parseReference = (reference: string): Reference => {
  const { repository = '', tag, digest } = parts.exec(reference)?.groups ?? {};
  return { repository, tag, digest };
};

/** Whether a reference is to this image: by its digest where it names one, by its tag else; by both where it has both. */
const isImage = ({ repository, tag, digest }: Reference, image: Image): boolean =>
  repository === image.repository &&
  (tag !== undefined || digest !== undefined) &&
  (tag === undefined || tag === image.tag) &&
  (digest === undefined || digest === image.digest);

const imageOf = (commit: Commit): Image => commit.data.subject.content.image;

/** The references to the repository of a commit's image. */
const ofItsRepository = (references: readonly string[], commit: Commit): Reference[] =>
  references.map(parseReference).filter(({ repository }) => repository === imageOf(commit).repository);

/** A pod with the commit's image is there. */
export const showsImage = ({ images }: Observation, commit: Commit): boolean =>
  ofItsRepository(images, commit).some((reference) => isImage(reference, imageOf(commit)));

/** Whether the sync was to the commit's image; undefined where Argo CD does not tell what it wanted of that repository. */
const wanted = ({ operation }: Observation, commit: Commit): boolean | undefined => {
  const references = ofItsRepository(operation?.images ?? [], commit);
  return references.length === 0 ? undefined : references.some((reference) => isImage(reference, imageOf(commit)));
};

/** Where that is not told, only if no pod has another image: it may be the commit's pod that is left over from before. */
const wantedImage = (observation: Observation, commit: Commit): boolean =>
  wanted(observation, commit) ??
  ofItsRepository(observation.images, commit).every((reference) => isImage(reference, imageOf(commit)));

/**
 * What the observation saw contains the commit: it is that very commit, or its sync began after the commit was made and still
 * wanted the image. A commit that changed nothing needs no sync, but must have been looked for since.
 */
const contains = (observation: Observation, commit: Commit): boolean => {
  const { revisions, operation, observedAt } = observation;
  const { gitops, changed } = commit.data.subject.content;
  if (revisions.includes(gitops.revision)) return true;
  const begun = changed ? operation?.startedAt : observedAt;
  return begun !== undefined && isAtOrAfter(begun, commit.time) && wantedImage(observation, commit);
};

/** The commit's image runs in the application as Git wants it, and well. */
export const satisfies = (observation: Observation, commit: Commit): boolean =>
  observation.sync === 'Synced' &&
  isWell(observation) &&
  showsImage(observation, commit) &&
  contains(observation, commit);

/** When the successful sync before this one began. */
const previousDeployment = ({ deployments, operation }: Observation): string | undefined =>
  deployments
    .filter((begun) => operation && Date.parse(begun) < Date.parse(operation.startedAt))
    .sort()
    .at(-1);

/**
 * The commit came into the cluster by the observed sync: it is the sync's own commit, or it was made between the last
 * successful sync and this one. A sync takes whatever the branch holds by then, so several commits may come by one.
 */
export const cameBy = (observation: Observation, commit: Commit): boolean => {
  const { gitops, changed } = commit.data.subject.content;
  const { operation } = observation;
  if (!changed || !operation) return false;
  if (operation.revisions.includes(gitops.revision)) return true;
  const tells = wanted(observation, commit);
  if (tells === false) return false; // made a moment after Argo CD took the branch, or overtaken
  const before = previousDeployment(observation);
  if (before === undefined) return false; // no history is kept: the others can't be told apart
  // Times are in seconds: within one of them only what the sync wanted tells which was first.
  const lead = Date.parse(operation.startedAt) - Date.parse(commit.time);
  return Date.parse(before) < Date.parse(commit.time) && (tells ? lead >= 0 : lead > 0);
};
