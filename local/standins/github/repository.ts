import { accountOf, idOf, nodeId } from './account.ts';

export interface RepositoryFacts {
  /** `owner/name` */
  fullName: string;
  /** The page for people, e.g. `https://github.com/acme/shop`. */
  htmlUrl: string;
  defaultBranch: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  pushedAt: number;
}

/** What a repository's API has below its own address, as the templates that GitHub sends. */
const endpoints = {
  forks_url: '/forks',
  keys_url: '/keys{/key_id}',
  collaborators_url: '/collaborators{/collaborator}',
  teams_url: '/teams',
  hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}',
  events_url: '/events',
  assignees_url: '/assignees{/user}',
  branches_url: '/branches{/branch}',
  tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  git_refs_url: '/git/refs{/sha}',
  trees_url: '/git/trees{/sha}',
  statuses_url: '/statuses/{sha}',
  languages_url: '/languages',
  stargazers_url: '/stargazers',
  contributors_url: '/contributors',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  commits_url: '/commits{/sha}',
  git_commits_url: '/git/commits{/sha}',
  comments_url: '/comments{/number}',
  issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}',
  compare_url: '/compare/{base}...{head}',
  merges_url: '/merges',
  archive_url: '/{archive_format}{/ref}',
  downloads_url: '/downloads',
  issues_url: '/issues{/number}',
  pulls_url: '/pulls{/number}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}',
  releases_url: '/releases{/id}',
  deployments_url: '/deployments',
};

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** RFC 3339 without milliseconds, as GitHub writes times. */
export const timestamp = (milliseconds: number): string =>
  new Date(seconds(milliseconds) * 1000).toISOString().replace('.000Z', 'Z');

/** A repository as it stands in most payloads. */
export const repositoryOf = ({ fullName, htmlUrl, defaultBranch, createdAt, pushedAt }: RepositoryFacts) => {
  const { host } = new URL(htmlUrl);
  const [owner = '', name = ''] = fullName.split('/');
  const id = idOf(fullName);
  const api = `https://api.${host}/repos/${fullName}`;
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: fullName,
    private: false,
    owner: accountOf(owner, 'Organization', host),
    html_url: htmlUrl,
    description: null,
    fork: false,
    url: api,
    ...Object.fromEntries(Object.entries(endpoints).map(([endpoint, path]) => [endpoint, `${api}${path}`])),
    created_at: timestamp(createdAt),
    updated_at: timestamp(pushedAt),
    pushed_at: timestamp(pushedAt),
    git_url: `git://${host}/${fullName}.git`,
    ssh_url: `git@${host}:${fullName}.git`,
    clone_url: `${htmlUrl}.git`,
    svn_url: htmlUrl,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: 'TypeScript',
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: 0,
    license: null,
    is_template: false,
    topics: [],
    visibility: 'public',
    web_commit_signoff_required: false,
    custom_properties: {},
    forks: 0,
    open_issues: 0,
    watchers: 0,
    default_branch: defaultBranch,
  };
};

/** A push has another form of its repository: times in Unix seconds, the page as its URL, an owner with name and mail. */
export const pushedRepositoryOf = (facts: RepositoryFacts) => {
  const repository = repositoryOf(facts);
  const { login } = repository.owner;
  return {
    ...repository,
    owner: { name: login, email: `${login}@users.noreply.github.com`, ...repository.owner },
    url: facts.htmlUrl,
    created_at: seconds(facts.createdAt),
    pushed_at: seconds(facts.pushedAt),
    stargazers: 0,
    master_branch: facts.defaultBranch,
  };
};
