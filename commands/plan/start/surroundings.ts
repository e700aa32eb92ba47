import { isCertain } from '../argocd/application.ts';
import type { Survey } from '../survey.ts';
import type { Surroundings } from './drafted.ts';
import { type Present, startFile } from './present.ts';

const applicationName = /^[a-z0-9.-]{1,253}$/;

const fileOf = (service: string, present: Present | undefined): string =>
  present?.files.services.find(({ content }) => typeof content === 'object' && content !== null && service in content)
    ?.file ?? startFile;

/** What is around a draft: the repositories' files and applications, and the services that there are. */
export const surroundingsOf = (surveys: readonly Survey[], present: Present | undefined): Surroundings => {
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
    known: (present?.config.services ?? []).map((service) => ({ ...service, file: fileOf(service.name, present) })),
    taken: new Set(named.map(({ name }) => name)),
  };
};
