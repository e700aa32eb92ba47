import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { kinds } from '#events/catalog.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import { branchPushed } from '#events/source-control.ts';
import { fromAws, fromBus, fromBusAny } from '#shared/handlers/consumed.ts';
import { examples, push } from '../../events/examples.ts';

const onTheBus = (detail: unknown) => ({ version: '0', 'detail-type': 'any', source: 'fairlead.any', detail });

const refusal = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidInput') return error.message;
    throw error;
  }
  throw new Error('was taken');
};

describe('what comes from the bus', () => {
  test('is read as the kind that is consumed, and identified by the id of the event', () => {
    const consumed = fromBus(branchPushed);
    const event = consumed.parse(onTheBus(push));
    expect(event.data.subject.content.branch).toBe('main');
    expect(consumed.id(event)).toBe(push.id);
  });

  test('may be one of several kinds, each read by its own schema', () => {
    const consumed = fromBus(imageRequested, imageCommitted);
    for (const kind of [imageRequested, imageCommitted]) {
      const [example] = examples.filter((event) => kind.is(event));
      expect(consumed.parse(onTheBus(example))).toEqual(example);
    }
    expect(refusal(() => consumed.parse(onTheBus(push)))).toContain(`${imageRequested.type} or ${imageCommitted.type}`);
  });

  test('may be any kind of the catalog', () => {
    for (const example of examples) expect(fromBusAny.parse(onTheBus(example))).toEqual(example);
    expect(examples).toHaveLength(kinds.length);
    expect(refusal(() => fromBusAny.parse(onTheBus({ ...push, type: 'com.example.thing' })))).toContain('type');
  });

  test('is refused with every problem at once', () => {
    const wrong = { ...push, id: 'x', time: 'yesterday' };
    const message = refusal(() => fromBus(branchPushed).parse(onTheBus(wrong)));
    expect(message).toMatch(/at id/);
    expect(message).toMatch(/at time/);
    expect(message).not.toContain('\n');
  });

  test('is refused where the contents are not those of its kind', () => {
    const content = { ...push.data.subject.content, commit: 'main' };
    const wrong = { ...push, data: { ...push.data, subject: { ...push.data.subject, content } } };
    expect(refusal(() => fromBus(branchPushed).parse(onTheBus(wrong)))).toContain('full git commit id');
    expect(fromBusAny.parse(onTheBus(wrong)).id).toBe(push.id);
  });

  test.each([[undefined], [null], ['text'], [[]], [{}]])('is refused where it is %j', (input) => {
    expect(refusal(() => fromBus(branchPushed).parse(input))).toContain('EventBridge event');
    expect(refusal(() => fromBusAny.parse(input))).toContain('EventBridge event');
  });
});

describe('what comes from AWS', () => {
  const consumed = fromAws(z.object({ id: z.string(), detail: z.object({ state: z.enum(['STARTED']) }) }));

  test('is the whole event, identified by its own id', () => {
    const event = consumed.parse({ id: 'e1', detail: { state: 'STARTED' } });
    expect(event).toEqual({ id: 'e1', detail: { state: 'STARTED' } });
    expect(consumed.id(event)).toBe('e1');
  });

  test('is refused where its shape is another', () => {
    expect(refusal(() => consumed.parse({ id: 'e1', detail: { state: 'PAUSED' } }))).toContain('detail.state');
  });
});
