import { InvalidConfig, parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { Failure } from '../failure.ts';
import type { Present } from './start/present.ts';

/** Reads a configuration with the environments of all stages. Throws a `Failure` where its platform file is wrong. */
export const readPresent = async (location: string): Promise<Present> => {
  try {
    const files = await readConfigFiles(location);
    return { files, config: parseConfig(files, undefined) };
  } catch (error) {
    throw error instanceof InvalidConfig ? new Failure(error.message) : error;
  }
};

/** A repository's name in the configuration. Without one it is the only repository that there is. */
export const nameIn = (present: Present | undefined, given: string | undefined): string => {
  const known = Object.keys(present?.config.gitops ?? {});
  if (given !== undefined && present !== undefined && !known.includes(given))
    throw new Failure(`--gitops ${given}=…: the configuration has no such repository, but ${known.join(', ')}.`, {
      code: 2,
    });
  if (given === undefined && known.length > 1)
    throw new Failure(`Which repository is it? --gitops ${known.map((name) => `${name}=<folder>`).join(' or ')}`, {
      code: 2,
    });
  return given ?? known[0] ?? 'main';
};

/** The files that a configuration names: they are read, whatever they are called. */
export const filesNamedIn = (present: Present | undefined, gitops: string): Set<string> =>
  new Set(
    (present?.config.services ?? [])
      .flatMap(({ environments }) => environments)
      .filter((environment) => environment.gitops === gitops)
      .flatMap(({ edits }) => edits.flatMap((edit) => ('file' in edit ? [edit.file] : []))),
  );
