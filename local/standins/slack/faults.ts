import type { Arguments } from './request.ts';

/** One call as it comes in. `number` counts the calls of the same method, from 1. */
export interface Call {
  method: string;
  arguments: Arguments;
  number: number;
}

/** What can go wrong between a client and Slack, with or without the effect. */
export type Fault =
  /** Answered with this status, nothing done. */
  | { kind: 'status'; status: number }
  /** Answered `ok: false` with this code, nothing done. */
  | { kind: 'error'; error: string }
  /** 429, whatever the limits say. */
  | { kind: 'rate-limited'; retryAfter: number }
  /** Never answered, nothing done. */
  | { kind: 'hang' }
  /** Done, but the connection breaks before the answer; or a 500 comes instead of it. */
  | { kind: 'answer-lost'; status?: number }
  /** The connection breaks, and it is done this much later. */
  | { kind: 'late'; milliseconds: number };

export type Faults = (call: Call) => Fault | undefined;
