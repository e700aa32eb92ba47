import type { Config } from '#shared/config/config.ts';
import type { Findings } from '../../plan/findings.ts';
import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised, unknown } = findingsIn('gitops');

/** What a repository let us do. */
export type Reached =
  | { readonly reached: 'not'; readonly why: string }
  | { readonly reached: 'without-branch' }
  /** `refused` is why a push would be, as far as a push of nothing shows it. */
  | { readonly reached: 'branch'; readonly refused?: string | undefined };

type Gitops = Config['gitops'][string];

const credentials = ({ name, app }: Gitops, prefix: string): string =>
  app === undefined
    ? `Check ${prefix}/gitops/${name}/token (or its ssh-key): it needs to read and write the repository's contents.`
    : `Check gitops.${name}.app and ${prefix}/gitops/${name}/app-key: the App is installed on the repository, and may write its contents.`;

/** Whether a repository can be read and written; `written` says whether anything is. */
export const judgeReached = (gitops: Gitops, prefix: string, written: boolean, reached: Reached): Finding[] => {
  const { name, repository, branch } = gitops;
  if (reached.reached === 'not')
    return [missing(`${repository} can't be read: ${reached.why}`, credentials(gitops, prefix))];
  if (reached.reached === 'without-branch')
    return [missing(`${repository} has no branch ${branch}`, `Correct gitops.${name}.branch, or make the branch.`)];
  if (reached.refused === undefined)
    return [ok(`${repository} can be read and, as far as a push of nothing shows, written at ${branch}`)];
  const says = `${repository} can be read, but not written: ${reached.refused}`;
  return [(written ? missing : advised)(says, credentials(gitops, prefix))];
};

/** Whether the writer would accept every place that the environments name in this repository. */
export const judgePlaces = (name: string, { environments }: Findings): Finding[] =>
  environments
    .filter(({ gitops }) => gitops === name)
    .flatMap((environment) =>
      environment.targets.map(({ verdict, repository }): Finding => {
        const place = `${environment.service} in ${environment.name}`;
        if (verdict.verdict === 'unseen') return unknown(`${place}: its repository was not read`);
        if (verdict.verdict === 'refuses')
          return missing(
            `${place} would be refused (${verdict.code}): ${verdict.message}`,
            'npm run plan -- --gitops <a clone> --config <fairlead.yaml> shows it with all that is around it.',
          );
        const [line] = verdict.lines;
        return ok(`${place}: ${repository} is at ${line === undefined ? 'its place' : `${line.file}:${line.line}`}`);
      }),
    );
