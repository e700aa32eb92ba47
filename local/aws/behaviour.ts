import type { BusDependencies } from '../eventbridge/bus.ts';
import { exponentialRetryDelay } from '../eventbridge/delivery.ts';
import type { FaultyCall } from './endpoint/endpoint.ts';

/** How long AWS's waits last here, in ms. */
export interface Delays {
  /** Before Lambda's nth retry of an asynchronous event; on AWS one minute, then two. */
  invocationRetry(attempt: number): number;
  /** Before EventBridge's nth retry of a delivery. */
  deliveryRetry(attempt: number): number;
  /** So many seconds of SQS: of visibility, of delays, of a mapping's batching window. */
  queueSeconds(seconds: number): number;
  /** So many seconds of a function's time limit: what it may take, and what its context says is left. */
  functionSeconds(seconds: number): number;
}

/** What goes wrong on purpose. */
export interface Faults {
  /** Whether the worker that makes this call dies of it, before or after its effect. */
  crash(functionName: string, call: FaultyCall): boolean;
  /** For each copy of an event to deliver, the ms before it. */
  copies: BusDependencies['copies'];
  /** Why an entry of PutEvents that is valid is rejected all the same. */
  reject: NonNullable<BusDependencies['reject']>;
}

export const asOnAws: Delays = {
  invocationRetry: (attempt) => attempt * 60_000,
  deliveryRetry: exponentialRetryDelay,
  queueSeconds: (seconds) => seconds * 1000,
  functionSeconds: (seconds) => seconds * 1000,
};

export const faultless: Faults = { crash: () => false, copies: () => [0], reject: () => undefined };
