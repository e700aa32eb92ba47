import type { AppTokens } from '#shared/clients/github/app-tokens.ts';
import { githubRepositoryOf } from '#shared/clients/github/where.ts';
import type { Secrets } from '#shared/clients/secrets.ts';
import type { Config } from '#shared/config/config.ts';
import { isSsh } from '#shared/config/gitops.ts';
import type { GitRepository } from '#shared/gitops/intent.ts';
import { readPrivateKey } from '#shared/gitops/ssh/private-key.ts';
import { signForGit } from '#shared/gitops/ssh/signature.ts';
import { InvalidInput } from '#shared/handlers/errors.ts';

type Gitops = Config['gitops'][string];

interface Dependencies {
  readonly secrets: Pick<Secrets, 'find' | 'get'>;
  /** Where the secrets are, for people: `/fairlead/dev`. */
  readonly prefix: string;
  readonly appTokens: AppTokens;
}

interface Needs {
  readonly pullRequests: boolean;
}

/** What opens and signs a GitOps repository: a token of its App or its own, and the key that signs its commits. */
export const createAccess = ({ secrets, prefix, appTokens }: Dependencies) => {
  const tokenOf = async (gitops: Gitops, needs: Needs, signal: AbortSignal): Promise<string | undefined> => {
    const { name, app } = gitops;
    if (app === undefined) return secrets.find(`gitops/${name}/token`);
    const repository = githubRepositoryOf(gitops);
    if (repository === undefined)
      throw new InvalidInput(`gitops.${name}.repository is not a repository of GitHub, and has a GitHub App.`);
    const path = `gitops/${name}/app-key`;
    const key = await secrets.get(path);
    return appTokens({ ...app, key, keyName: `${prefix}/${path}` }, repository, needs, signal);
  };

  const signatureOf = async ({ name }: Gitops): Promise<GitRepository['sign']> => {
    const path = `gitops/${name}/signing-key`;
    const text = await secrets.find(path);
    if (text === undefined) return undefined;
    const key = readPrivateKey(text, `${prefix}/${path}`);
    return (commit) => signForGit(key, commit);
  };

  const sshOf = async ({ name, repository, knownHosts = [] }: Gitops): Promise<GitRepository['ssh']> => {
    if (!isSsh(repository)) return undefined;
    const path = `gitops/${name}/ssh-key`;
    return { key: readPrivateKey(await secrets.get(path), `${prefix}/${path}`), knownHosts };
  };

  return async (gitops: Gitops, needs: Needs, signal: AbortSignal): Promise<GitRepository> => {
    const { name, repository: url, branch, author, subject } = gitops;
    const [token, ssh, sign] = await Promise.all([tokenOf(gitops, needs, signal), sshOf(gitops), signatureOf(gitops)]);
    return { name, url, branch, token, ssh, author, subject, sign };
  };
};
