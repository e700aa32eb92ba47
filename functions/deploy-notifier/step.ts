import { plain } from './mrkdwn.ts';

/** One line of a delivery. `at` is when it was done, in milliseconds; what goes on has no time yet. */
export interface Step {
  readonly mark: 'done' | 'doing' | 'failed' | 'noted';
  readonly text: string;
  readonly at?: number;
  /** Set below the line, as it is. */
  readonly block?: string;
}

const longestReason = 600;

/** Somebody else's words in one line. */
export const words = (text: string): string => plain(text, longestReason);

/** `: why`, or nothing. */
export const colon = (reason: string | undefined): string => (reason ? `: ${words(reason)}` : '');
