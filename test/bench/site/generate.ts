import { runGit } from '#local/git-server/run-git.ts';
import { filesOf, filesPerService, serviceName } from './layout.ts';

const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}\n`;

/** Fills an empty repository with one commit of so many files: one `git fast-import`, seconds for 50,000. */
export const generate = async (directory: string, files: number): Promise<void> => {
  const who = 'Ada <ada@acme.dev> 1767225600 +0000';
  const services = Array.from({ length: files / filesPerService }, (_, at) => serviceName(at));
  const changes = services.flatMap(filesOf).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`);
  const commit = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data('Start')}`;
  await runGit(directory, ['fast-import', '--quiet'], Buffer.from(`feature done\n${commit}${changes.join('')}done\n`));
};
