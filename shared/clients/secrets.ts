import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { SecretMissing, Upstream } from '#shared/handlers/errors.ts';

/** A rotated secret is taken up within this time. Seconds. */
const maxAge = 300;

/** For Powertools, to which 0 is its default of five seconds, and which ignores `forceFetch` where it reads several. */
const notKept = -1;

/** Secrets by their path below the stage's prefix, e.g. `github/webhook-secret`. */
export interface Secrets {
  /** Throws `SecretMissing`, an `Upstream`, that names the parameter and the command that sets it. */
  get(path: string): Promise<string>;
  /** Undefined where it is not set, and need not be. */
  find(path: string): Promise<string | undefined>;
  /** The current value and, while a rotation is under way, the one before (`<path>-previous`), as of one moment. */
  pair(path: string): Promise<readonly string[]>;
}

export const createSecrets = (client: SSMClient, prefix: string): Secrets => {
  const provider = new SSMProvider({ awsSdkV3Client: client });

  /** By batch, because SSM's default is 40 requests a second; what is not there is left out. */
  const read = async (names: readonly string[], keptFor = maxAge): Promise<Record<string, string>> => {
    const options = Object.fromEntries(names.map((name) => [name, { maxAge: keptFor, decrypt: true }]));
    try {
      const { _errors, ...found } = await provider.getParametersByName<string>(options, { throwOnError: false });
      return found;
    } catch (cause) {
      throw new Upstream(`SSM did not give ${names.join(', ')}.`, { cause });
    }
  };

  // Powertools keeps what is there. What is not would be asked for with every call.
  const absentUntil = new Map<string, number>();

  // Kept together: were one of two younger than the other, what both sides still use might be neither of them.
  const pairs = new Map<string, { readonly until: number; readonly values: readonly string[] }>();

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
      const now = Date.now();
      if ((absentUntil.get(name) ?? 0) > now) return undefined;
      const { [name]: value } = await read([name]);
      if (!value) absentUntil.set(name, now + maxAge * 1000);
      return value;
    },
    pair: async (path) => {
      const kept = pairs.get(path);
      const now = Date.now();
      if (kept !== undefined && kept.until > now) return kept.values;
      const current = `${prefix}/${path}`;
      const previous = `${current}-previous`;
      const found = await read([current, previous], notKept);
      const values = [required(found, current), ...(found[previous] ? [found[previous]] : [])];
      pairs.set(path, { until: now + maxAge * 1000, values });
      return values;
    },
  };
};
