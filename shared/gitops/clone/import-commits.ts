import type { Author } from '../intent.ts';
import type { PlannedCommit } from '../plan.ts';
import { type Git, GitFailure } from './git.ts';

export interface Commit {
  readonly revision: string;
  /** ISO 8601, UTC; Git keeps whole seconds. */
  readonly committedAt: string;
}

const scratchRef = 'refs/fairlead/next';

const data = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`data ${Buffer.byteLength(content)}\n`), Buffer.from(content), Buffer.from('\n')]);

const quoted = (path: string): string => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const changedFiles = ({ before, after }: PlannedCommit): Buffer[] =>
  [...after.contents].flatMap(([path, content]) => {
    if (before.contents.get(path) === content) return [];
    const mode = after.entries.get(path)?.mode ?? '100644';
    return [Buffer.from(`M ${mode} inline ${quoted(path)}\n`), data(content)];
  });

const commitCommand = (commit: PlannedCommit, at: number, parent: string, who: string): Buffer =>
  Buffer.concat([
    Buffer.from(`commit ${scratchRef}\nmark :${at + 1}\nauthor ${who}\ncommitter ${who}\n`),
    data(commit.message),
    Buffer.from(`from ${at === 0 ? parent : `:${at}`}\n`),
    ...changedFiles(commit),
    Buffer.from('\n'),
  ]);

/** Makes all commits, one on top of the other, in one process. Without a checkout: unchanged files are not even read. */
export const importCommits = async (
  git: Git,
  parent: string,
  commits: readonly PlannedCommit[],
  { author, now }: { author: Author; now: Date },
): Promise<Commit[]> => {
  const seconds = Math.floor(now.getTime() / 1000);
  const clean = (text: string): string => text.replaceAll(/[<>\p{Cc}]/gu, '').trim();
  const who = `${clean(author.name)} <${clean(author.email)}> ${seconds} +0000`;
  const marks = commits.map((_, at) => `get-mark :${at + 1}\n`).join('');
  const stream = Buffer.concat([
    Buffer.from('feature done\nfeature get-mark\n'),
    ...commits.map((commit, at) => commitCommand(commit, at, parent, who)),
    Buffer.from(`${marks}done\n`),
  ]);
  const printed = await git.text(['fast-import', '--force', '--quiet', '--date-format=raw'], { input: stream });
  const revisions = printed.trim().split('\n');
  if (revisions.length !== commits.length)
    throw new GitFailure('', `missing commits: fast-import made ${revisions.length} of ${commits.length}`, null);
  const committedAt = new Date(seconds * 1000).toISOString();
  return revisions.map((revision) => ({ revision, committedAt }));
};
