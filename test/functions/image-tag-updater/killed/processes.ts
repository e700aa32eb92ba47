import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { AnyEvent } from '#events/event.ts';
import { parseAnswer, type Task } from './messages.ts';

/** One file starts in half the time that it takes to read a hundred. */
export const bundle = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'process.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
};

export interface Updater {
  /** The messages that went back to the queue; undefined when the process died first. */
  handle(task: Task): Promise<string[] | undefined>;
  kill(): Promise<void>;
  readonly pid: number;
}

/** Image-tag-updater in a process of its own, that can be killed like one. */
export const startUpdater = (file: string, published: (events: readonly AnyEvent[]) => void): Updater => {
  const child: ChildProcess = fork(file, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // What it had said before it died is read first.
  const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  let answered: (failed: string[]) => void = () => undefined;
  child.on('message', (message) => {
    const answer = parseAnswer(message);
    if ('published' in answer) published(answer.published);
    else answered(answer.failed);
  });
  return {
    pid: child.pid ?? 0,
    handle: (task) => {
      const { promise, resolve } = Promise.withResolvers<string[] | undefined>();
      answered = resolve;
      void gone.then(() => resolve(undefined));
      child.send(task);
      return promise;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};
