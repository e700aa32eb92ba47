import type { Config } from '#shared/config/config.ts';
import { parseConfigFiles } from '#shared/config/files.ts';
import { parseConfig } from '#shared/config/parse.ts';
import { Failure } from '../failure.ts';
import { confirm } from '../terminal/confirm.ts';
import { type Session, say } from '../terminal/session.ts';
import { compareConfigs } from './compare.ts';
import type { ConfigPlace } from './place.ts';
import { readValid } from './read.ts';

export interface Publishing {
  /** The platform file's path. */
  readonly config: string;
  readonly stage: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly switchOffWrong: boolean;
}

/** What is published, as far as this version of Fairlead understands it. */
const readOld = (text: string, stage: string): Config | undefined => {
  try {
    return parseConfig(parseConfigFiles(text), stage);
  } catch {
    return undefined;
  }
};

const empty: Config = { version: '', gitops: {}, argocd: {}, teams: {}, services: [], disabled: [] };

const introduction = (published: boolean, old: Config | undefined, url: string): string => {
  if (old !== undefined) return `Published now is version ${old.version} (${url}).`;
  if (published) return `What is published now cannot be read by this version of Fairlead (${url}). All of it is new:`;
  return 'Nothing is published: functions act by what they were deployed with. All of it is new:';
};

/** Says what would change for the stage, asks, and publishes. */
export const publishConfig = async (
  { config: location, stage, dryRun, yes, switchOffWrong }: Publishing,
  session: Session,
  open: () => Promise<ConfigPlace>,
): Promise<number> => {
  const given = await readValid(location, { stage, switchOffWrong });
  if (!yes && !dryRun && !session.stdin.isTTY)
    throw new Failure('Nobody can be asked here, for there is no terminal. Add --yes, or --dry-run to look.', {
      code: 2,
    });
  const place = await open();
  const files = (await place.adapt?.(given)) ?? given;
  const [config, text] = [parseConfig(files, stage), JSON.stringify(files)];
  const published = await place.read();
  const old = published === 'nothing' ? undefined : readOld(published.text, stage);
  if (published !== 'nothing' && published.text === text) {
    say(session.stdout, `Version ${config.version} is published already.`);
    return 0;
  }
  const changes = compareConfigs(old ?? empty, config);
  say(session.stdout, introduction(published !== 'nothing', old, place.url), ...changes);
  if (changes.length === 0) say(session.stdout, `Nothing of it changes the stage ${stage}.`);
  if (dryRun) {
    say(session.stdout, `Version ${config.version} was not published (--dry-run).`);
    return 0;
  }
  if (!yes && !(await confirm(`Publish version ${config.version} for the stage ${stage}?`, session))) {
    say(session.stdout, 'Nothing was published.');
    return 1;
  }
  const id = await place.publish(text, published);
  say(session.stdout, `Version ${config.version} is published, as ${id}. Functions act by it within a minute.`);
  return 0;
};
