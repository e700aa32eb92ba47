import { satisfies, valid } from 'semver';
import type { Environment } from '#shared/config/config.ts';

/** A tag that people move from image to image: it says nothing about which one is meant. */
const movingTag = 'latest';

/** Why an environment does not want a tag; undefined if it does. Without a policy it wants every tag but `latest`. */
export const reasonAgainstTag = (tag: string, policy: Environment['tags']): string | undefined => {
  if (policy === undefined) return tag === movingTag ? `without tags it takes every tag but ${movingTag}` : undefined;
  if ('pattern' in policy) {
    return new RegExp(policy.pattern).test(tag) ? undefined : `the tag does not match ${policy.pattern}`;
  }
  if (valid(tag) === null) return 'the tag is no version';
  return satisfies(tag, policy.semver) ? undefined : `the version is not in ${policy.semver}`;
};
