import type { Lock } from './lock.ts';
import type { RefusalCode } from './refused.ts';

/** What the lock's rules say of a wish. */
export type Decision =
  | { readonly decision: 'accept'; readonly lock: Lock }
  /** Nothing to write. `event` asked for what is there, where the lock knows; `done` when it was this very wish. */
  | { readonly decision: 'unchanged'; readonly done: boolean; readonly event?: string }
  | { readonly decision: 'refuse'; readonly code: RefusalCode; readonly message: string };

export type Refusal = Extract<Decision, { decision: 'refuse' }>;

export const refuse = (code: RefusalCode, message: string): Refusal => ({ decision: 'refuse', code, message });
