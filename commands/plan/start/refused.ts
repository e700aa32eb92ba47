import { parse } from 'yaml';
import { describeProblem, parseConfig } from '#shared/config/parse.ts';
import { examine } from '../examine.ts';
import type { SeenImage } from '../seen-image.ts';
import type { Survey } from '../survey.ts';
import type { DraftService } from './drafted.ts';
import { type Present, startFile } from './present.ts';
import { type Names, servicesText } from './service-text.ts';

/** What the writer, and the configuration's own rules, refuse of a draft: the images by which it came, each with why. */
export const refusedOf = (
  drafts: readonly DraftService[],
  { names, platform }: { readonly names: Names; readonly platform?: string | undefined },
  surveys: readonly Survey[],
  present: Present | undefined,
): ReadonlyMap<SeenImage, string> => {
  const file = { file: present?.files.platform.file ?? 'fairlead.yaml', content: platform && parse(platform) };
  const config = parseConfig(
    {
      version: 'start',
      platform: present?.files.platform ?? file,
      services: [{ file: startFile, content: parse(servicesText(drafts, names)) }],
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
