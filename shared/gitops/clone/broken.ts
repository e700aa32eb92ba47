import { GitFailure } from './git.ts';

const signs = [
  /corrupt|inflate|bad (object|tree|config|signature|ref|sha1)|invalid (object|sha1|index-pack)/i,
  /missing (blob|tree|commit|ref|object|necessary)|did not send all necessary|not a (valid object|tree)/i,
  /unable to (read|open|parse|find|create|write)|could not (read|parse|open)|failed to read|object file .* is empty/i,
  /not a git repository|packfile|loose object|shallow|\.lock': File exists|no space left/i,
];

/** Whether a failure may come from our own copy, which a new one would heal. What the server says does not count. */
export const isBroken = (error: unknown): boolean => {
  if (!(error instanceof GitFailure)) return false;
  const own = error.stderr
    .split('\n')
    .filter((line) => !/^(remote:|fatal: (unable to access|could not read (Username|Password)))/.test(line))
    .join('\n');
  return signs.some((sign) => sign.test(own));
};
