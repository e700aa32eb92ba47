import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { SecretMissing, Upstream } from '#shared/handlers/errors.ts';

/** A rotated secret is taken up within this time. Seconds. */
const maxAge = 300;

/** Secrets by their path below the stage's prefix, e.g. `github/webhook-secret`. */
export interface Secrets {
  /** Throws `SecretMissing`, an `Upstream`, that names the parameter and the command that sets it. */
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
    if (names.length === 0) return {};
    const options = Object.fromEntries(names.map((name) => [name, { maxAge, decrypt: true }]));
    try {
      const { _errors, ...found } = await provider.getParametersByName<string>(options, { throwOnError: false });
      return found;
    } catch (cause) {
      throw new Upstream(`SSM did not give ${names.join(', ')}.`, { cause });
    }
  };

  // Powertools keeps what is there. What is not would be asked for with every webhook.
  const absentUntil = new Map<string, number>();

  /** Reads what is needed, and one that may be missing. */
  const readWith = async (needed: readonly string[], optional: string): Promise<Record<string, string>> => {
    const now = Date.now();
    if ((absentUntil.get(optional) ?? 0) > now) return read(needed);
    const found = await read([...needed, optional]);
    if (!found[optional]) absentUntil.set(optional, now + maxAge * 1000);
    return found;
  };

  const required = (found: Record<string, string>, name: string): string => {
    const value = found[name];
    if (value) return value;
    throw new SecretMissing(
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
      return (await readWith([], name))[name];
    },
    pair: async (path) => {
      const current = `${prefix}/${path}`;
      const previous = `${current}-previous`;
      const found = await readWith([current], previous);
      return [required(found, current), ...(found[previous] ? [found[previous]] : [])];
    },
  };
};
