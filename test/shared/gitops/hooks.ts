import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServedRepository } from '#local/git-server/repository.ts';
import { runGit } from '#local/git-server/run-git.ts';

/** Gives a served repository a hook, or another one. */
export const install = async (
  { directory }: ServedRepository,
  hook: 'pre-receive' | 'post-receive' | 'proc-receive',
  script: string,
): Promise<void> => {
  const hooks = join(directory, 'own-hooks');
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, hook), `#!/bin/sh\n${script}\n`);
  await chmod(join(hooks, hook), 0o755);
  await runGit(directory, ['config', 'core.hooksPath', hooks]);
};

export const uninstall = async ({ directory }: ServedRepository): Promise<void> => {
  await runGit(directory, ['config', 'core.hooksPath', '/dev/null']);
  await runGit(directory, ['config', '--unset-all', 'receive.procReceiveRefs']).catch(() => undefined);
};

const packet = (text: string): string => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;

/** Answers each push as GitHub answers one to a branch that it protects: with its words beside, and its reason. */
export const protect = async (served: ServedRepository, reason: string, words: string): Promise<void> => {
  const version = `${packet('version=1\n')}0000`;
  const report = `${packet(`ng refs/heads/${served.branch} ${reason}\n`)}0000`;
  const said = words.split('\n').map((line) => `echo '${line}' >&2`);
  // All is said before anything is read: the other side reads as soon as it has written.
  await install(served, 'proc-receive', [...said, `printf '${version}${report}'`, 'cat > /dev/null'].join('\n'));
  await runGit(served.directory, ['config', 'receive.procReceiveRefs', 'refs/heads']);
};
