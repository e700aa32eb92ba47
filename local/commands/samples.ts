import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fairlead } from '../fairlead.ts';

const folder = join(import.meta.dirname, '../../events/samples');

/** A sample by its file's name. */
export const readSample = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, file), 'utf8'));

/** What the samples take for granted: the execution that those of codepipeline-events tell of, … */
export const history = [
  {
    id: '6a1c7d0e-5b3f-4e2a-9f10-2d4c8b7a6e51',
    pipeline: 'checkout',
    commit: '3f2a9c1d4b5e6f708192a3b4c5d6e7f809112233',
  },
];

/** … and that the commit and the deployment which rollback-trigger's is about are in the log. */
export const logWhatWas = async ({ cloud }: Fairlead): Promise<void> => {
  const log = cloud.model.functions.find(({ name }) => name.endsWith('-event-log'));
  for (const file of ['event-log.json', 'smoke-test.json']) await cloud.invoke(log?.name ?? '', await readSample(file));
};
