import { runGit } from './run-git.ts';

/** A file's new content, a symbolic link, or `null` for a file that goes. */
export type Change = string | Buffer | { link: string } | null;

export interface ImportedCommit {
  branch: string;
  files: Readonly<Record<string, Change>>;
  message: string;
  author?: { name: string; email: string };
}

const data = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`data ${Buffer.byteLength(content)}\n`), Buffer.from(content), Buffer.from('\n')]);

const change = ([path, content]: [string, Change]): Buffer => {
  const quoted = `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (content === null) return Buffer.from(`D ${quoted}\n`);
  const link = typeof content === 'object' && 'link' in content;
  const mode = link ? '120000' : '100644';
  return Buffer.concat([Buffer.from(`M ${mode} inline ${quoted}\n`), data(link ? content.link : content)]);
};

/** Commits on top of `parent` with one `git fast-import`, without a checkout. Gives the commit's id. */
export const importCommit = async (
  directory: string,
  { branch, files, message, author = { name: 'Ada', email: 'ada@acme.dev' } }: ImportedCommit,
  parent: string | undefined,
): Promise<string> => {
  const who = `${author.name} <${author.email}> ${Math.floor(Date.now() / 1000)} +0000\n`;
  const stream = Buffer.concat([
    Buffer.from(`feature done\ncommit refs/heads/${branch}\nmark :1\nauthor ${who}committer ${who}`),
    data(message),
    Buffer.from(parent === undefined ? '' : `from ${parent}\n`),
    ...Object.entries(files).map(change),
    Buffer.from('\nget-mark :1\ndone\n'),
  ]);
  const printed = await runGit(directory, ['fast-import', '--quiet'], stream);
  return printed.toString('utf8').trim();
};
