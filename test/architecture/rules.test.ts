import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { functions, kinds } from '#events/catalog.ts';
import { matches, problemsOf } from '#local/eventbridge/pattern.ts';
import { expectValidCdevent } from '../cdevents.ts';
import { examples } from '../events/examples.ts';
import { eventsIn, type Rule, readFunction, samplesOf } from './stack.ts';

const busEventSchema = z.object({
  version: z.literal('0'),
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string().regex(/^[0-9]{12}$/),
  time: z.iso.datetime(),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.record(z.string(), z.unknown()),
});

const requestSchema = z.object({
  version: z.literal('2.0'),
  routeKey: z.string(),
  rawPath: z.string(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/** The route that a sample request came by, if its method and path are those of the route. */
const routeOf = (sample: unknown): string | undefined => {
  const request = requestSchema.safeParse(sample).data;
  if (request === undefined) return undefined;
  const route = new RegExp(`^${request.routeKey.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return route.test(`${request.requestContext.http.method} ${request.rawPath}`) ? request.routeKey : undefined;
};

const detailTypesOf = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ pattern }) => z.array(z.string()).catch([]).parse(pattern['detail-type']));

/** What the bus would hand over for an event of ours. */
const onTheBus = (event: (typeof examples)[number]) => ({
  version: '0',
  id: 'd7a1c2b4-0000-4000-8000-000000000000',
  'detail-type': kinds.find(({ type }) => type === event.type)!.detailType,
  source: `fairlead.${event.source.split('/').at(-1)}`,
  account: '111122223333',
  time: '2026-11-23T09:30:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: event,
});

describe.each(Object.entries(functions))('%s', (name, { consumes, from }) => {
  const inputs = from?.inputs ?? [];

  test('has patterns that EventBridge takes', () => {
    for (const { pattern } of readFunction(name).rules) expect(problemsOf(pattern)).toEqual([]);
  });

  test('asks for exactly what the catalog says that it consumes', () => {
    const { rules, routes } = readFunction(name);
    const ours = rules.filter((rule) => rule.ours);
    if (consumes === 'everything')
      expect(ours.map(({ pattern }) => pattern)).toEqual([{ source: [{ prefix: 'fairlead.' }] }]);
    else expect(detailTypesOf(ours).toSorted()).toEqual(consumes.map(({ detailType }) => detailType).sort());
    const fromOutside = [...routes, ...detailTypesOf(rules.filter((rule) => !rule.ours))];
    expect(fromOutside.toSorted()).toEqual(inputs.toSorted());
  });

  test('is sent every example of what it consumes, and nothing else of ours', () => {
    const ours = readFunction(name).rules.filter((rule) => rule.ours);
    const sent = examples.filter((event) => ours.some(({ pattern }) => matches(pattern, onTheBus(event))));
    const wanted = consumes === 'everything' ? kinds : kinds.filter((kind) => consumes.includes(kind));
    expect(sent.map(({ type }) => type)).toEqual(wanted.map(({ type }) => type));
  });

  test('has rules that lose nothing: dead letters, retries for a day, a name that the failure queue lets in', () => {
    for (const { name: rule, deadLetters, retries } of readFunction(name).rules) {
      if (rule !== undefined) expect(rule).toMatch(/^fairlead-\$\{sls:stage\}-/);
      expect(deadLetters).toEqual({ 'Fn::GetAtt': 'FailureQueue.Arn' });
      expect([
        `\${self:custom.retried}`,
        JSON.stringify({ MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 }),
      ]).toContain(typeof retries === 'string' ? retries : JSON.stringify(retries));
    }
  });

  test('has a sample for each of its rules and routes', () => {
    const { rules, routes } = readFunction(name);
    const samples = samplesOf(name).map(({ content }) => content);
    const events = samples.flatMap(eventsIn);
    for (const { pattern } of rules)
      expect(
        events.filter((event) => matches(pattern, event)),
        JSON.stringify(pattern),
      ).not.toEqual([]);
    for (const route of routes) expect(samples.map(routeOf)).toContain(route);
  });

  test('has no sample that it would never be sent', () => {
    const { rules, routes } = readFunction(name);
    for (const { file, content } of samplesOf(name)) {
      const events = eventsIn(content);
      for (const event of events) {
        busEventSchema.parse(event);
        expect(
          rules.some(({ pattern }) => matches(pattern, event)),
          file,
        ).toBe(true);
      }
      if (events.length === 0) expect(routes, file).toContain(routeOf(content));
    }
  });

  test('has samples of our own events that are valid', () => {
    for (const { content } of samplesOf(name)) {
      for (const event of eventsIn(content)) {
        const { 'detail-type': detailType, source, detail } = busEventSchema.parse(event);
        if (!source.startsWith('fairlead.')) continue;
        const kind = kinds.find((candidate) => candidate.detailType === detailType);
        expect(kind, detailType).toBeDefined();
        const parsed = kind!.schema.parse(detail);
        expect(parsed).toEqual(detail);
        expectValidCdevent(parsed);
      }
    }
  });
});
