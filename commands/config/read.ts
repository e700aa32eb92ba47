import { mostBytes } from '#shared/config/files.ts';
import { type ConfigFiles, describeProblem, InvalidConfig, parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { Failure } from '../failure.ts';

interface Options {
  readonly stage: string;
  /** Publishes although services are wrong, each of which is switched off then. */
  readonly switchOffWrong: boolean;
}

const refuse = (problems: readonly string[], remedy: string): never => {
  throw new Failure(['The configuration is wrong, and nothing was published:', ...problems, remedy].join('\n'));
};

/** Reads a user's files, and refuses what is wrong with them, all at once. */
export const readValid = async (location: string, { stage, switchOffWrong }: Options): Promise<ConfigFiles> => {
  try {
    const files = await readConfigFiles(location);
    const config = parseConfig(files, stage);
    const problems = config.disabled.flatMap((one) => one.problems.map(describeProblem));
    if (problems.length > 0 && !switchOffWrong)
      refuse(problems, 'To publish all the same, with these services switched off: --switch-off-wrong');
    const bytes = Buffer.byteLength(JSON.stringify(files));
    if (bytes > mostBytes) refuse([`${location}: has ${bytes} bytes with its services, and ${mostBytes} are read`], '');
    return files;
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    return refuse(error.problems.map(describeProblem), 'Mend the files, and publish again.');
  }
};
