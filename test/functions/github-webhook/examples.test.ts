import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { expectValidCdevent } from '../../cdevents.ts';
import { realPayloads } from './real-payloads.ts';
import { signed } from './requests.ts';
import { createSubject } from './subject.ts';

const answerSchema = z.object({ published: z.array(z.string()), skipped: z.string().optional() });

/** Sends every example, and counts what came of it: events by their type, or "skipped". */
const sendAll = async (product: string): Promise<Record<string, number>> => {
  const { send, published } = createSubject();
  const told: Record<string, number> = {};
  for (const { name, payload } of realPayloads(product)) {
    const before = published.length;
    const { statusCode, body } = await send(await signed(name, payload));
    expect({ name, statusCode, body }).toMatchObject({ statusCode: 202 });
    const answer = answerSchema.parse(JSON.parse(body ?? ''));
    const events = published.slice(before);
    expect(answer.published).toEqual(events.map(({ id }) => id));
    for (const event of events) expectValidCdevent(event);
    if (events.length === 0) expect(answer.skipped).toMatch(new RegExp(`^${name}[.:]`));
    const result = events[0]?.type ?? 'skipped';
    told[result] = (told[result] ?? 0) + 1;
  }
  return told;
};

describe("GitHub's own examples, signed", () => {
  test('are 329', () => {
    expect(realPayloads()).toHaveLength(329);
  });

  test('each give valid events or a named skip, and none an exception', async () => {
    expect(await sendAll('api.github.com')).toEqual({
      'dev.cdeventsx.github-branch.pushed.0.1.0': 2,
      'dev.cdevents.change.created.0.4.0': 6,
      'dev.cdevents.change.updated.0.3.0': 21,
      'dev.cdevents.change.reviewed.0.3.0': 4,
      'dev.cdevents.change.abandoned.0.3.0': 2,
      'dev.cdevents.pipelinerun.queued.0.3.0': 2,
      'dev.cdevents.pipelinerun.finished.0.3.0': 2,
      'dev.cdevents.taskrun.started.0.3.0': 3,
      'dev.cdevents.taskrun.finished.0.3.0': 2,
      skipped: 285,
    });
  });

  test.each(['ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'])('of %s do so too', async (product) => {
    const told = await sendAll(product);
    expect(Object.keys(told).length).toBeGreaterThan(1);
  });
});
