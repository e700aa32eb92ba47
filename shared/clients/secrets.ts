import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { Upstream } from '#shared/handlers/errors.ts';

/** A rotated secret is taken up within this time. Seconds. */
const maxAge = 300;

/** Secrets by their path below the stage's prefix, e.g. `github/webhook-secret`. */
export interface Secrets {
  /** Throws `Upstream` that names the parameter and the command that sets it. */
  get(path: string): Promise<string>;
  /** Undefined where it is not set, and need not be. */
  find(path: string): Promise<string | undefined>;
  /** The current value and, while a rotation is under way, the one before (`<path>-previous`). */
  pair(path: string): Promise<readonly string[]>;
}

export const createSecrets = (client: SSMClient, prefix: string): Secrets => {
  const provider = new SSMProvider({ awsSdkV3Client: client });

  /** By batch, because SSM's default is 40 requests a second; what is not there is left out. */
  const read = async (names: readonly string[]): Promise<Record<string, string>> => {
    const options = Object.fromEntries(names.map((name) => [name, { maxAge, decrypt: true }]));
    const { _errors, ...found } = await provider.getParametersByName<string>(options, { throwOnError: false });
    return found;
  };

  const required = (found: Record<string, string>, name: string): string => {
    const value = found[name];
    if (value) return value;
    throw new Upstream(
      `The secret ${name} is not set: aws ssm put-parameter --type SecureString --name ${name} --value …`,
    );
  };

  return {
    get: async (path) => {
      const name = `${prefix}/${path}`;
      return required(await read([name]), name);
    },
    find: async (path) => {
      const name = `${prefix}/${path}`;
      return (await read([name]))[name];
    },
    pair: async (path) => {
      const current = `${prefix}/${path}`;
      const previous = `${current}-previous`;
      const found = await read([current, previous]);
      return [required(found, current), ...(found[previous] ? [found[previous]] : [])];
    },
  };
};
