import { AwsError } from '../aws-error.ts';

interface Entry {
  readonly Id: string;
}

const check = (entries: readonly Entry[]): void => {
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) {
    throw new AwsError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
};

/** Does a batch entry by entry; what one entry is refused for does not hold up the others. */
export const eachOf = <One extends Entry>(entries: readonly One[], work: (entry: One) => object) => {
  check(entries);
  const results = entries.map((entry) => {
    try {
      return { Id: entry.Id, ...work(entry) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { failed: { Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message } };
    }
  });
  return {
    Successful: results.filter((result) => !('failed' in result)),
    Failed: results.flatMap((result) => ('failed' in result ? [result.failed] : [])),
  };
};
