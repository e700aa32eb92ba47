/** A repository of GitHub, and where its API is. */
export interface GithubRepository {
  /** `https://api.github.com`, without a slash at the end. */
  readonly api: string;
  readonly owner: string;
  readonly repo: string;
}

interface Configured {
  readonly repository: string;
  readonly api?: string | undefined;
}

/** `https://github.com/acme/gitops.git`, `ssh://git@github.com/acme/gitops.git` or `git@github.com:acme/gitops.git`. */
const parts = /^(?:(https?):\/\/|ssh:\/\/)?(?:[^@/]+@)?([^/:]+)(:\d+)?[/:](.+?)(?:\.git)?\/?$/;

/** GitHub Enterprise Cloud with data residency has its API on a host of its own, Enterprise Server below a path. */
const apiOf = (scheme: string, host: string, port: string): string => {
  if (host === 'github.com') return 'https://api.github.com';
  if (host.endsWith('.ghe.com')) return `https://api.${host}`;
  return scheme === 'http' ? `http://${host}${port}/api/v3` : `https://${host}/api/v3`;
};

/** Undefined for a URL that names no owner and repository. */
export const githubRepositoryOf = ({ repository, api }: Configured): GithubRepository | undefined => {
  const [, scheme = '', host = '', port = '', path = ''] = parts.exec(repository) ?? [];
  const [owner, repo, ...rest] = path.split('/');
  if (!owner || !repo || rest.length > 0) return undefined;
  return { api: (api ?? apiOf(scheme, host.toLowerCase(), port)).replace(/\/+$/, ''), owner, repo };
};
