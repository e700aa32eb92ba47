import { GitFailure } from './git.ts';

const brokenSigns = [
  /corrupt|inflate|bad (object|tree|config|signature|ref|sha1)|invalid (object|sha1|index-pack)/i,
  /missing (blob|tree|commit|ref|object|necessary)|did not send all necessary|not a (valid object|tree)/i,
  /unable to (read|open|parse|find|create|write|resolve)|could not (read|parse|open)|failed to read|is empty/i,
  /not a git repository|packfile|loose object|shallow|cannot lock ref|\.lock': File exists|no space left/i,
];

const serverSigns =
  /^(remote: |fatal: (unable to access|could not read (Username|Password)|Authentication failed|couldn't find remote)|error: RPC failed)/;

/** Whether a failure may come from our own copy, so that a new one heals it. What the server says does not count. */
export const isBroken = (error: unknown): boolean => {
  if (!(error instanceof GitFailure)) return false;
  const own = error.stderr.split(/[\r\n]+/).filter((line) => !serverSigns.test(line));
  return brokenSigns.some((sign) => own.some((line) => sign.test(line)));
};

/** Whether a failure is the server's alone: our copy is as good as before. */
export const isServers = (error: unknown): boolean =>
  error instanceof GitFailure &&
  !isBroken(error) &&
  (error.stdout.includes('rejected]') || error.stderr.split(/[\r\n]+/).some((line) => serverSigns.test(line)));
