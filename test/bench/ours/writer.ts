import { setTimeout as wait } from 'node:timers/promises';
import { createWriter, type Writer } from '#shared/gitops/writer.ts';
import { intentOf } from '../../shared/gitops/standard.ts';
import type { Contender, Course } from '../contender.ts';
import type { Update } from '../site/check.ts';
import { serviceName } from '../site/layout.ts';

const openWriter = (directory: string): Writer => createWriter({ directory, environment: { PATH: process.env.PATH } });

const write = async (writer: Writer, { url, branch }: Course, updates: readonly Update[]): Promise<void> => {
  const intents = updates.map(({ service, tag, minute }) => intentOf(tag, minute, { service }));
  const results = await writer.write({ name: 'main', url, branch }, intents, AbortSignal.timeout(120_000));
  const failed = results.find(({ outcome }) => outcome !== 'committed');
  if (failed !== undefined) throw new Error(`an update was not committed: ${JSON.stringify(failed)}`);
};

/** Fairlead's writer in a new execution environment, whose temporary folder is empty. */
export const cold: Contender = {
  name: 'Fairlead, cold',
  run: async (course, updates) => write(openWriter(await course.site.scratch()), course, updates),
};

/** In ms: a later invocation finds no open connection, so this one must not either. */
const connectionsClosedAfter = 1100;

/** Fairlead's writer whose copy is the branch as it is, from a write of another service just before. */
export const warm = (): Contender => {
  const writers = new Map<string, Promise<Writer>>();
  const writerOf = ({ site, url }: Course): Promise<Writer> => {
    const writer = writers.get(url) ?? site.folder('warm').then(openWriter);
    writers.set(url, writer);
    return writer;
  };
  return {
    name: 'Fairlead, warm',
    async prepare(course, updates) {
      const { minute } = updates[0] ?? { minute: 0 };
      const other = { service: serviceName(0), tag: `main-before-${minute}`, minute };
      await write(await writerOf(course), course, [other]);
      await wait(connectionsClosedAfter);
    },
    run: async (course, updates) => write(await writerOf(course), course, updates),
  };
};
