import type { Passage } from '../gateway/gateway.ts';
import type { GitRepository } from '../intent.ts';
import type { SshAgent } from '../ssh/agent.ts';
import { sshEnvironment } from '../ssh/command.ts';

/** What git may see of our own environment: where programs are, and how to leave the network. */
const passed = ['PATH', 'LD_LIBRARY_PATH', 'GIT_EXEC_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'];
const proxies = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'];

/** Names that simple-git would refuse or strip, were they not named. */
export const allowedEnvironment = [
  'GIT_CONFIG_COUNT',
  ...[0, 1, 2].flatMap((at) => [`GIT_CONFIG_KEY_${at}`, `GIT_CONFIG_VALUE_${at}`]),
  'GIT_EXEC_PATH',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NO_LAZY_FETCH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_CAINFO',
  'GIT_TERMINAL_PROMPT',
  'SSH_AUTH_SOCK',
];

const encodedToken = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64');

/** The token as git's server takes it. */
export const authorizationOf = ({ token }: GitRepository): string | undefined =>
  token === undefined ? undefined : `Basic ${encodedToken(token)}`;

type Setting = readonly [key: string, value: string];

/** The token as a header for its own origin: in no argument, no file and no URL, and without a first answer of 401. */
const straight = (repository: GitRepository): Setting[] => {
  const authorization = authorizationOf(repository);
  if (authorization === undefined || !/^https?:/.test(repository.url)) return [];
  return [[`http.${new URL(repository.url).origin}/.extraHeader`, `Authorization: ${authorization}`]];
};

/** By the gateway, which adds the token: git itself has none. */
const through = ({ url, pass }: Passage, repository: GitRepository, base: string | undefined): Setting[] => {
  const header = `http.${new URL(url).origin}/.extraHeader`;
  return [
    [`url.${url}.insteadOf`, repository.url],
    [header, `X-Fairlead-Pass: ${pass}`],
    ...(base === undefined ? [] : [[header, `X-Fairlead-Base: ${base}`] as const]),
  ];
};

const configured = (settings: readonly Setting[]): Record<string, string> =>
  Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ]);

export interface Surroundings {
  readonly home: string;
  readonly lazy: boolean;
  readonly passage?: Passage | undefined;
  /** See `Adverts`. */
  readonly base?: string | undefined;
  readonly agent?: SshAgent | undefined;
}

/**
 * The whole environment of a git process. `home` has no configuration, so that nobody's credentials, hooks or rewritten
 * URLs take part. `lazy` lets git fetch what a filtered fetch has left out, object by object.
 */
export const gitEnvironment = (
  ambient: Readonly<Record<string, string | undefined>>,
  repository: GitRepository,
  { home, lazy, passage, base, agent }: Surroundings,
): Record<string, string> => {
  const inherited = [...passed, ...proxies].flatMap((name): [string, string][] => {
    const value = ambient[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    ...(lazy ? {} : { GIT_NO_LAZY_FETCH: '1' }),
    ...(agent === undefined ? {} : sshEnvironment(agent)),
    ...configured(passage === undefined ? straight(repository) : through(passage, repository, base)),
  };
};

/** Takes the token, in every spelling, and credentials in URLs out of a text. */
export const scrub = (text: string, { token }: GitRepository): string =>
  (token === undefined ? [] : [token, encodedToken(token), encodeURIComponent(token)])
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    .replaceAll(/(https?:\/\/)[^/@\s]+@/g, '$1***@');
