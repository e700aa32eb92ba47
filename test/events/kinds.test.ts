import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { kinds } from '#events/catalog.ts';
import { anyEventSchema } from '#events/event.ts';
import { expectValidCdevent } from '../cdevents.ts';
import { examples, push } from './examples.ts';

const validatorOf = (detailType: string) => {
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  const file = new URL(`../../events/schemas/${detailType}.json`, import.meta.url);
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
};

test('every kind of the catalog has an example', () => {
  expect(examples.map(({ type }) => type)).toEqual(kinds.map(({ type }) => type));
});

describe.each(kinds.map((kind) => ({ type: kind.type, kind })))('$type', ({ type, kind }) => {
  const example = examples.find((event) => event.type === type)!;
  const received: unknown = JSON.parse(JSON.stringify(example));

  test('is a valid CDEvent in a valid CloudEvent', () => {
    expectValidCdevent(example);
  });

  test('is read as it was written, by its own schema and by that of every event', () => {
    expect(kind.schema.parse(received)).toEqual(received);
    expect(anyEventSchema.parse(received)).toEqual(received);
  });

  test('is valid by its published JSON Schema, which asks for what it must have', () => {
    const validate = validatorOf(kind.detailType);
    validate(received);
    expect(validate.errors).toBe(null);
    for (const field of ['id', 'source', 'type', 'time', 'subject', 'traceparent', 'data'])
      expect(validate({ ...example, [field]: undefined })).toBe(false);
    expect(validate({ ...example, type: 'dev.cdevents.ticket.created.0.2.0' })).toBe(false);
  });

  test('names its cause, unless it is the first of its chain', () => {
    expect(example.data.context.links).toEqual(
      example === push ? undefined : [{ linkType: 'PATH', from: { contextId: push.id } }],
    );
  });
});
