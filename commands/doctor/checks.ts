import { plain } from '../words.ts';
import { type Area, type Finding, findingsIn } from './finding.ts';

/** One look at one thing. */
export interface Check {
  readonly area: Area;
  /** What is looked at, for when nothing can be told of it. */
  readonly subject: string;
  /** Milliseconds. */
  readonly patience?: number;
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}

/** Milliseconds. */
const usualPatience = 15_000;

/** AWS, Slack and GitHub limit who asks too much at once. */
const side = 8;

/** A check that looks, and then judges what it saw. What the look throws is what could not be told. */
export const check = <Facts>(
  area: Area,
  subject: string,
  look: (signal: AbortSignal) => Promise<Facts>,
  judge: (facts: Facts) => readonly Finding[],
  patience?: number,
): Check => ({
  area,
  subject,
  ...(patience !== undefined && { patience }),
  run: async (signal) => judge(await look(signal)),
});

/** The innermost cause tells most: `fetch failed` and its like tell nothing. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const [inner] = error instanceof AggregateError ? error.errors : [];
  const cause = error.cause ?? inner;
  const isVague = error.message === '' || error.message === 'fetch failed';
  if (isVague && cause !== undefined) return reasonOf(cause);
  return error.name === 'Error' || error.message.includes(error.name)
    ? error.message
    : `${error.name}: ${error.message}`;
};

const denied = /AccessDenied|not authorized|UnauthorizedOperation/i;

const adviceOn = (reason: string): string | undefined =>
  denied.test(reason) ? 'docs/commands.md lists what the role of whoever runs this needs.' : undefined;

const perform = async ({ area, subject, patience = usualPatience, run }: Check): Promise<readonly Finding[]> => {
  const signal = AbortSignal.timeout(patience);
  const late = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => late.reject(new Error(`no answer within ${patience / 1000} s`)));
  try {
    return await Promise.race([run(signal), late.promise]);
  } catch (error) {
    const reason = plain(reasonOf(error)).slice(0, 400);
    return [findingsIn(area).unknown(`${subject}: ${reason}`, adviceOn(reason))];
  }
};

/** Performs checks side by side, a few at a time; their findings are in the checks' order. */
export const performAll = async (checks: readonly Check[]): Promise<Finding[]> => {
  const findings: (readonly Finding[])[] = checks.map(() => []);
  const left = checks.entries();
  const work = async (): Promise<void> => {
    for (const [at, one] of left) findings[at] = await perform(one);
  };
  await Promise.all(Array.from({ length: Math.min(side, checks.length) }, work));
  return findings.flat();
};
