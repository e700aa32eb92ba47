import { platformSchema } from '#shared/config/platform.ts';
import { pathFrom } from '../repository.ts';
import type { Survey } from '../survey.ts';
import { flowMap, remark, scalar } from './yaml-text.ts';

interface Origin {
  readonly repository: string;
  readonly branch: string;
}

const fits = (origin: Origin): boolean => platformSchema.safeParse({ gitops: { main: origin }, teams: {} }).success;

/** By HTTPS, which needs no host's keys to begin with; somebody's token may stand in the address, and is left out. */
const byHttps = (url: string): string =>
  url
    .replace(/^(https?:\/\/)[^/@]*@/, '$1')
    .replace(/^ssh:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\//, 'https://$1/')
    .replace(/^[\w.-]+@([\w.-]+):/, 'https://$1/');

/** Where the repository is cloned from: what most applications say that take a folder of it. */
const originOf = ({ deploying, repository }: Survey): Origin | undefined => {
  const { entries } = repository.snapshot;
  const sources = deploying.applications
    .flatMap(({ sources }) => sources)
    .filter(
      ({ path, repoURL }) => path !== undefined && !repoURL.includes('{{') && entries.has(pathFrom('', path) ?? ''),
    );
  const [most] = [...Map.groupBy(sources, ({ repoURL }) => byHttps(repoURL))].sort(
    ([, left], [, right]) => right.length - left.length,
  );
  if (most === undefined) return undefined;
  const [url, from] = most;
  const named = from.find(({ targetRevision }) => targetRevision && !/^HEAD$|\{\{/.test(targetRevision));
  const candidates = [named?.targetRevision ?? 'main', 'main'].map((branch) => ({ repository: url, branch }));
  return candidates.find(fits);
};

const unknown: Origin = {
  repository: 'https://github.com/your-organization/your-gitops-repository.git',
  branch: 'main',
};

/** A first platform file for these repositories. What nobody can know is named as to be filled in. */
export const platformText = (surveys: readonly Survey[], hasApplications: boolean): string => {
  const [first] = surveys;
  const repositories = surveys.map((survey) => {
    const origin = originOf(survey);
    const { repository, branch } = origin ?? unknown;
    const value = flowMap([
      ['repository', scalar(repository)],
      ['branch', scalar(branch)],
    ]);
    return `  ${scalar(survey.repository.name)}: ${value}${origin ? '' : remark('fill in')}`;
  });
  const defaults = [
    ...(surveys.length === 1 && first ? [['gitops', scalar(first.repository.name)] as const] : []),
    ...(hasApplications ? [['argocd', 'main'] as const] : []),
    ['mode', 'observe'] as const,
  ];
  return [
    'gitops:',
    ...repositories,
    ...(hasApplications ? ['argocd:', `  main: { url: https://argocd.example.com }${remark('fill in')}`] : []),
    'teams:',
    `  platform: { slack: "#deployments" }${remark('fill in')}`,
    `defaults: ${flowMap(defaults)}`,
    'include: [services/*.yaml]',
    '',
  ].join('\n');
};
