import { GitFailure } from './git.ts';

const brokenSigns = [
  /corrupt|inflate|bad (object|tree|config|signature|ref|sha1)|invalid (object|sha1|index-pack)/i,
  /missing (blob|tree|commit|ref|object|necessary)|did not send all necessary|not a (valid object|tree)/i,
  /unable to (read|open|parse|find|create|write|resolve)|could not (read|parse|open)|failed to read|is empty/i,
  /not a git repository|packfile|loose object|shallow|cannot lock ref|\.lock': File exists/i,
];

const serverSigns =
  /^(remote: |fatal: (unable to access|could not read (Username|Password)|Authentication failed|couldn't find remote|Could not read from remote repository)|error: RPC failed)/;

/** What git says in different places of one and the same disk that is full. */
export const fullSigns: RegExp = /no space left|out of diskspace|file too large|quota exceeded/i;

/** What git says, without what the server says through it. */
const ownLines = ({ stderr }: GitFailure): string[] =>
  stderr.split(/[\r\n]+/).filter((line) => !serverSigns.test(line));

/** Whether the temporary space is used up. */
export const isFull = (error: unknown): boolean =>
  error instanceof GitFailure
    ? ownLines(error).some((line) => fullSigns.test(line))
    : error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** Whether a failure may come from our own copy, so that a new one heals it. What the server says does not count. */
export const isBroken = (error: unknown): boolean => {
  if (!(error instanceof GitFailure)) return false;
  return brokenSigns.some((sign) => ownLines(error).some((line) => sign.test(line)));
};

/** Whether a failure is the server's alone: our copy is as good as before. */
export const isServers = (error: unknown): boolean =>
  error instanceof GitFailure &&
  !isBroken(error) &&
  !isFull(error) &&
  (error.stdout.includes('rejected]') || error.stderr.split(/[\r\n]+/).some((line) => serverSigns.test(line)));
