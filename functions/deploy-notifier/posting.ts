import type { Notice } from './decide.ts';

/** Where a message is. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** What is posted once and kept up to date: a notice's message or, with `reply`, one in its thread that the channel sees, too. */
export interface Posting extends Notice {
  readonly reply?: { readonly key: string; readonly thread: Posted };
}
