import { parse } from 'yaml';
import type { Config } from '#shared/config/config.ts';
import { type ConfigFiles, describeProblem, parseConfig } from '#shared/config/parse.ts';
import { isCertain } from '../argocd/application.ts';
import { examine } from '../examine.ts';
import type { SeenImage } from '../seen-image.ts';
import type { Survey } from '../survey.ts';
import { type DraftService, draft, type Surroundings } from './draft.ts';
import { createForeign } from './own-images.ts';
import { platformText } from './platform-text.ts';
import { type Names, servicesText } from './service-text.ts';

/** An image that the starting configuration does not name. */
export interface LeftOut {
  readonly image: SeenImage;
  readonly why: string;
}

/** What a team can begin with, for the images that no service names. */
export interface Starting {
  /** Where there is no platform file yet. */
  readonly platform?: string | undefined;
  readonly services: string;
  readonly drafts: readonly DraftService[];
  readonly leftOut: readonly LeftOut[];
}

/** The configuration that there is already. */
export interface Present {
  readonly files: ConfigFiles;
  readonly config: Config;
}

/** The file that the services' text is meant for. */
export const startFile = 'services/start.yaml';

const applicationName = /^[a-z0-9.-]{1,253}$/;

const surroundingsOf = (surveys: readonly Survey[], present: Present | undefined): Surroundings => {
  const byName = new Map(surveys.map((survey) => [survey.repository.name, survey]));
  const named = present ? [...present.config.services, ...present.config.disabled] : [];
  return {
    entriesOf: (gitops) => byName.get(gitops)?.repository.snapshot.entries ?? new Map(),
    applicationsOf: (image) => {
      const all = byName.get(image.gitops)?.deploying.applicationsOf(image) ?? [];
      return {
        names: all.flatMap(({ name }) => (applicationName.test(name) ? [name] : [])),
        sets: all.flatMap((application) => (isCertain(application) ? [] : (application.set ?? []))),
      };
    },
    taken: new Set(named.map(({ name }) => name)),
  };
};

const namesFor = (surveys: readonly Survey[], present: Present | undefined): Names => {
  if (present === undefined)
    return { team: 'platform', gitops: surveys.length > 1 ? 'named' : 'default', hasArgocd: true };
  const [argocd] = Object.keys(present.config.argocd);
  const [team = 'platform'] = Object.keys(present.config.teams);
  return { team, gitops: 'named', argocd, hasArgocd: argocd !== undefined };
};

const written = (drafts: readonly DraftService[], surveys: readonly Survey[], present: Present | undefined) => {
  const services = servicesText(drafts, namesFor(surveys, present));
  const hasApplications = drafts.some(({ environments }) =>
    environments.some(({ applications }) => applications.length > 0),
  );
  const platform = present === undefined ? platformText(surveys, hasApplications) : undefined;
  return { services, platform };
};

/** What the writer, and the configuration's own rules, refuse of a draft: the images by which it came, each with why. */
const refusedOf = (
  drafts: readonly DraftService[],
  { services, platform }: ReturnType<typeof written>,
  surveys: readonly Survey[],
  present: Present | undefined,
): ReadonlyMap<SeenImage, string> => {
  const file = { file: present?.files.platform.file ?? 'fairlead.yaml', content: platform && parse(platform) };
  const config = parseConfig(
    {
      version: 'start',
      platform: present?.files.platform ?? file,
      services: [{ file: startFile, content: parse(services) }],
    },
    undefined,
  );
  const snapshots = new Map(surveys.map(({ repository }) => [repository.name, repository.snapshot]));
  const wrong = new Map(config.disabled.map(({ name, problems }) => [name, problems.map(describeProblem).join('; ')]));
  const refused = new Map(
    examine(config, snapshots).flatMap(({ environment: { service, name }, target, verdict }) =>
      verdict.verdict === 'refuses' ? [[JSON.stringify([service, name, target]), verdict.message]] : [],
    ),
  );
  const found = new Map<SeenImage, string>();
  for (const { name, environments } of drafts) {
    for (const environment of environments) {
      for (const { target, image } of environment.places) {
        const why = wrong.get(name) ?? refused.get(JSON.stringify([name, environment.name, target]));
        if (why !== undefined) found.set(image, why);
      }
    }
  }
  return found;
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
    if (drafts.length === 0) return { services: '', drafts, leftOut };
    const text = written(drafts, surveys, present);
    const refused = refusedOf(drafts, text, surveys, present);
    if (refused.size === 0) return { ...text, drafts, leftOut };
    leftOut.push(...[...refused].map(([image, why]) => ({ image, why })));
    candidates = candidates.filter((image) => !refused.has(image));
  }
};
