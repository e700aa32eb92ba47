/** A place as a command names it. */
export interface Place {
  readonly service: string;
  readonly environment: string;
  readonly stage: string;
}

/** Somebody else's text in one line, without what hides text or moves a terminal's cursor. */
export const plain = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** How long ago a time was, seen from `now` (milliseconds since 1970). */
export const ago = (time: string, now: number): string => {
  const seconds = Math.floor((now - Date.parse(time)) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return unit === undefined ? 'just now' : `${Math.floor(seconds / unit[1])} ${unit[0]} ago`;
};

/** A digest as people compare it. It is taken as `--to` and `--image`. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

export const shortCommit = (commit: string): string => commit.slice(0, 7);

const commitId = /[0-9a-f]{40}|[0-9a-f]{64}/g;

/** A tag as people say it: a whole commit id in it is too long to read. It is taken as `--to` and `--image`. */
export const shortTag = (tag: string): string => tag.replace(commitId, shortCommit);

/** `checkout in staging`, with the target where there are several. */
export const placeName = ({ service, environment }: Place, target?: string): string =>
  `${service} in ${environment}${target === undefined ? '' : ` (${target})`}`;

/** What to type. */
export const commandLine = (verb: string, { service, environment, stage }: Place, ...options: string[]): string =>
  [`npm run ${verb} -- ${service} ${environment} --stage ${stage}`, ...options].join(' ');
