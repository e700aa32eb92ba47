import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Clients whose kinds of errors no code tells apart: a class for each is most of what they add to a bundle. Their errors come
 * as the client's base exception, with the name, the message and the metadata that they always have.
 */
export const undistinguished: readonly string[] = ['client-ssm'];

const credentialsOfTheEnvironment = `
  import { fromEnv } from '@aws-sdk/credential-provider-env';
  export const defaultProvider = () => fromEnv();`;

const registration = /^n0_registry\.registerError\(.*\);$/gm;

const withoutErrors = (source: string, path: string): string => {
  const shorter = source.replace(registration, '');
  // Else the budgets would be the first to notice, and say nothing of the reason.
  if (shorter === source)
    throw new Error(`${path} registers its errors in another way than ${import.meta.filename} knows.`);
  return shorter;
};

/** `{ [_e]: … }`, where `const _e = "error"`, as `{ "error": … }`: a computed key keeps a schema that nothing uses from being dropped. */
const withPlainKeys = (source: string): string => {
  const constants = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  return source.replace(/\[(_\w+)\]:/g, (key, name: string) => (constants.has(name) ? `${constants.get(name)}:` : key));
};

/**
 * Leaves out of the AWS SDK what a Lambda function can't need, more than a third of the bytes: credentials from anywhere but
 * the environment, which is where Lambda puts them (SSO, profiles, processes, web identities, each with a client of its own);
 * event streams, which the SDK loads when an operation answers by one (none here does); schemas of operations that are not
 * called; and all of a manifest but its version.
 */
export const sdkInLambda: Plugin = {
  name: 'sdk-in-lambda',
  setup: ({ onResolve, onLoad }) => {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, () => ({
      contents: credentialsOfTheEnvironment,
      loader: 'js',
    }));
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, () => ({
      path: join(import.meta.dirname, 'no-event-streams.ts'),
    }));
    onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]/ }, async ({ path }) => {
      const source = withPlainKeys(await readFile(path, 'utf8'));
      const [, client = ''] = /@aws-sdk[\\/](client-[^\\/]+)/.exec(path) ?? [];
      return { contents: undistinguished.includes(client) ? withoutErrors(source, path) : source, loader: 'js' };
    });
  },
};
