import { GitError } from 'simple-git';
import { Upstream } from '#shared/handlers/errors.ts';
import { fullSigns } from './clone/broken.ts';
import { scrub } from './clone/environment.ts';
import { GitFailure } from './clone/git.ts';
import type { GitRepository, Wish } from './intent.ts';

const longest = 1500;

/** What git says, and what somebody can do about it. */
const advice: readonly (readonly [RegExp, (repository: GitRepository) => string])[] = [
  [
    /Host key verification failed|No \w+ host key is known/,
    ({ name }) => `Check gitops.${name}.knownHosts: the host shows another key, or is not among them.`,
  ],
  [
    /Permission denied \(publickey/,
    ({ name }) => `Check that the SSH key of the GitOps repository "${name}" may write to it.`,
  ],
  [
    /could not read (Username|Password)|Authentication failed|(error:|HTTP) 40[13]\b/,
    ({ name }) => `Check that the token of the GitOps repository "${name}" is valid and may write to it.`,
  ],
  [
    /couldn't find remote ref|Remote branch .* not found/,
    ({ name, branch }) => `Create the branch ${branch}, or correct gitops.${name}.branch in the configuration.`,
  ],
  [
    /not found|(error:|HTTP) 404\b|does not appear to be a git repository/,
    ({ name }) => `Check gitops.${name}.repository; a token that may not see it gets the same answer.`,
  ],
  [
    /redirect|(error:|HTTP) 30[1278]\b/i,
    ({ name }) => `The repository has moved: put its new URL into gitops.${name}.repository.`,
  ],
  [
    /hook declined|declined due to|protected branch|denied|not (allowed|permitted)|prohibited/i,
    ({ branch }) => `Allow Fairlead's user to push to ${branch}, past its protection, rules and hooks.`,
  ],
  [/(error:|HTTP) 429\b|rate limit/i, () => 'The server asks for fewer requests: it is tried again later.'],
  [fullSigns, () => 'Give the function more temporary storage.'],
];

const progress = /^remote: *((Enumerating|Counting|Compressing|Resolving) |Total |$)/;

/** Git's own words without its progress, on one line. */
const wordsOf = (error: unknown): string => {
  const rejections = error instanceof GitFailure ? error.stdout : '';
  const message = `${error instanceof Error ? error.message : String(error)}\n${rejections}`;
  const lines = message.split(/[\r\n]+/).map((line) => line.trim());
  const telling = lines.filter(
    (line) => /^(fatal|error|remote|!)|^Host key verification|Permission denied \(/i.test(line) && !progress.test(line),
  );
  return (telling.length > 0 ? telling : lines.filter((line) => line !== '')).join(' · ');
};

/** Git or the operating system failed; anything else is a bug. */
export const isOutside = (error: unknown): boolean =>
  error instanceof GitError || (error instanceof Error && 'syscall' in error);

/** What went wrong with a GitOps repository: which, for whom, in git's words without any secret, and what to do. */
export const upstreamError = (
  repository: GitRepository,
  wishes: readonly Pick<Wish, 'service' | 'environment'>[],
  error: unknown,
  signal: AbortSignal,
): Upstream => {
  const places = [...new Set(wishes.map(({ service, environment }) => `${service}/${environment}`))];
  const concerned = places.slice(0, 10).join(', ') + (places.length > 10 ? `, and ${places.length - 10} more` : '');
  const said = signal.aborted ? 'the time ran out before it had answered' : wordsOf(error);
  const next = advice.find(([pattern]) => !signal.aborted && pattern.test(said))?.[1](repository);
  const where = `The GitOps repository "${repository.name}" (${repository.url}, branch ${repository.branch})`;
  const text = `${where} could not be written for ${concerned}: ${said}. ${next ?? 'It is tried again later.'}`;
  // Not `cause`: what git printed may hold what must not be logged.
  return new Upstream(scrub(text, repository).slice(0, longest));
};
