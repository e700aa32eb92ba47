import type { AnyEvent, EventOf } from '#events/event.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { only, timeOf } from './known.ts';

type Finished = EventOf<typeof testSuiteRunFinished>;

/** How what was deployed did in its checks. Times in milliseconds. */
export interface Suite {
  readonly state: 'running' | Finished['data']['subject']['content']['outcome'];
  readonly at: number;
  readonly checks: readonly Finished['data']['customData']['checks'][number][];
  readonly reason: string | undefined;
}

export const suiteOf = (event: Finished): Suite => {
  const { outcome, reason } = event.data.subject.content;
  return { state: outcome, at: timeOf(event), checks: event.data.customData.checks, reason };
};

/** By the id of the event that told of the deployment. */
export const suitesOf = (events: readonly AnyEvent[]): ReadonlyMap<string, Suite> =>
  new Map<string, Suite>([
    ...only(testSuiteRunStarted, events).map(
      (event) => [event.subject, { state: 'running', at: timeOf(event), checks: [], reason: undefined }] as const,
    ),
    ...only(testSuiteRunFinished, events).map((event) => [event.subject, suiteOf(event)] as const),
  ]);

/** The checks that did not hold. */
export const failedChecks = ({ checks }: Pick<Suite, 'checks'>) => checks.filter(({ passed }) => !passed);

/** What the first check that failed asked, wanted and saw, in one line of raw words. */
export const failureOf = (suite: Pick<Suite, 'checks' | 'reason'>): string | undefined => {
  const [first, ...others] = failedChecks(suite);
  if (first === undefined) return suite.reason;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `${cut(first.request)}: expected ${cut(first.expected)}, saw ${cut(first.saw)}${more}`;
};

const longest = 100;

/** So that a long address leaves room for what was seen. */
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
