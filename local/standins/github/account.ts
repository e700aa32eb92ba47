import { createHash } from 'node:crypto';

/** A number that stays the same for a name, as GitHub's ids do. */
export const idOf = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE();

export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');

/** A login as GitHub would allow it: `Ada Lovelace` → `ada-lovelace`. */
export const loginOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'nobody';

/** An account as it stands in every payload. */
export const accountOf = (login: string, type: 'User' | 'Organization', host: string) => {
  const id = idOf(login);
  const api = `https://api.${host}/users/${login}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url: api,
    html_url: `https://${host}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
};
