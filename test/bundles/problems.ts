import * as z from 'zod';
import type { Run } from './environment.ts';
import type { Expected } from './expected.ts';

const summary = z.strictObject({ published: z.array(z.string()), skipped: z.string().optional() });
const response = z.looseObject({ statusCode: z.literal(202), body: z.string() });
const batch = z.strictObject({ batchItemFailures: z.tuple([]) });

/** What is not as expected of a run; `types` has the kind of every event that came to the bus, by its id. */
export const problemsOf = (run: Run, expected: Expected | undefined, types: ReadonlyMap<string, string>): string[] => {
  if (expected === undefined) return ['test/bundles/expected.ts says nothing of this sample'];
  if (run.kind !== 'response') return [`${run.kind}: ${JSON.stringify(run.payload)}`];
  if (expected.kind === 'queue') {
    return batch.safeParse(run.payload).success ? [] : [`gave back messages: ${JSON.stringify(run.payload)}`];
  }
  const { success, data } = response.safeParse(run.payload);
  const answered = summary.safeParse(expected.kind === 'webhook' && success ? JSON.parse(data.body) : run.payload);
  if (!answered.success) return [`answered ${JSON.stringify(run.payload)}`];
  const published = answered.data.published.map((id) => types.get(id) ?? `${id}, which did not come to the bus`);
  const same = JSON.stringify(published) === JSON.stringify(expected.published ?? []);
  return same ? [] : [`published ${JSON.stringify(published)} (${answered.data.skipped ?? 'no reason'})`];
};
