import type { Archive, Bucket, Model, Queue, Table } from './model.ts';

/** What of a stack holds data, and may outlive it. */
export interface Holdings {
  readonly archives: readonly Archive[];
  readonly buckets: readonly Bucket[];
  readonly queues: readonly Queue[];
  readonly tables: readonly Table[];
}

export const holdingsOf = ({ operations: { archives }, buckets, queues, tables }: Model): Holdings => ({
  archives,
  buckets,
  queues,
  tables,
});
