import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { cdeventProblems, cdeventsAtHand } from './cdevents.ts';

const exampleSchema = z.looseObject({ context: z.looseObject({ type: z.string() }), subject: z.looseObject({}) });

const examples = () => {
  const folder = new URL('../../shared/cdevents/conformance/', import.meta.url);
  return readdirSync(folder).map((name) =>
    exampleSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
  );
};

describe.skipIf(!cdeventsAtHand)(
  'the official CDEvents schemas (skipped where ../shared/cdevents is not at hand)',
  () => {
    test('take every conformance example', () => {
      const problems = examples().flatMap((example) => cdeventProblems(example.context.type, example));
      expect(problems).toEqual([]);
    });

    test('refuse a field that CDEvents does not know', () => {
      for (const example of examples())
        expect(cdeventProblems(example.context.type, { ...example, more: 1 })).not.toEqual([]);
    });

    test('refuse a link that names no cause', () => {
      const [example] = examples();
      const broken = { ...example, context: { ...example!.context, links: [{ linkType: 'PATH' }] } };
      expect(cdeventProblems(example!.context.type, broken)).not.toEqual([]);
    });

    test('know custom types by their name only', () => {
      const type = 'dev.cdeventsx.github-branch.pushed.0.1.0';
      const context = { specversion: '0.5.1', id: '1', source: '/fairlead', type, timestamp: '2026-01-01T00:00:00Z' };
      expect(cdeventProblems(type, { context, subject: { id: '1', content: {} } })).toEqual([]);
      expect(
        cdeventProblems(type, {
          context: { ...context, type: 'dev.cdeventsx.pushed.0.1.0' },
          subject: { id: '1', content: {} },
        }),
      ).not.toEqual([]);
      expect(cdeventProblems('dev.cdevents.branch.created.9.9.9', {})).not.toEqual([]);
    });
  },
);
