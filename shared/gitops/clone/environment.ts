import type { GitRepository } from '../intent.ts';

/** What git may see of our own environment: where programs are, and how to leave the network. */
const passed = ['PATH', 'LD_LIBRARY_PATH', 'GIT_EXEC_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'];
const proxies = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'];

/** Names that simple-git would refuse or strip, were they not named. */
export const allowedEnvironment = [
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_KEY_0',
  'GIT_CONFIG_VALUE_0',
  'GIT_EXEC_PATH',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NO_LAZY_FETCH',
  'GIT_SSL_CAINFO',
  'GIT_TERMINAL_PROMPT',
];

const encodedToken = (token: string): string => Buffer.from(`x-access-token:${token}`).toString('base64');

/** The token as a header for its own origin: in no argument, no file and no URL, and without a first answer of 401. */
const authorization = ({ url, token }: GitRepository): Record<string, string> =>
  token === undefined
    ? {}
    : {
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
        GIT_CONFIG_VALUE_0: `Authorization: Basic ${encodedToken(token)}`,
      };

/**
 * The whole environment of a git process. `home` has no configuration, so that nobody's credentials, hooks or rewritten
 * URLs take part. `lazy` lets git fetch what a filtered fetch has left out, object by object.
 */
export const gitEnvironment = (
  ambient: Readonly<Record<string, string | undefined>>,
  repository: GitRepository,
  { home, lazy }: { home: string; lazy: boolean },
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
    ...authorization(repository),
  };
};

/** Takes the token, in every spelling, and credentials in URLs out of a text. */
export const scrub = (text: string, { token }: GitRepository): string =>
  (token === undefined ? [] : [token, encodedToken(token), encodeURIComponent(token)])
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    .replaceAll(/(https?:\/\/)[^/@\s]+@/g, '$1***@');
