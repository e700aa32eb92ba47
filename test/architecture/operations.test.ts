import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, test } from 'vitest';
import { functions } from '#events/catalog.ts';
import type { Alarm, Metric, Operations } from '#local/template/model.ts';
import { createPublishing } from '#shared/handlers/publishing.ts';
import { secretsOf } from './api-calls.ts';
import { type Packaged, packagedStack } from './packaged.ts';
import { root } from './stack.ts';

const names = Object.keys(functions);

let stack: Packaged;
let operations: Operations;

beforeAll(async () => {
  stack = await packagedStack();
  operations = stack.model.operations;
});

const alarmNamed = (name: string): Alarm => operations.alarms.find((one) => one.name === `fairlead-blue-${name}`)!;

/** Every metric that an alarm stands on or a graph shows. */
const allMetrics = (): Metric[] => [
  ...operations.alarms.flatMap(({ metrics }) => metrics),
  ...operations.dashboards.flatMap(({ metrics }) => metrics),
];

/** The names of what our own code counts, as its sources have them. */
const counted = globSync('shared/**/*.ts', { cwd: root }).flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\.addMetric\('(\w+)'/g)].map(([, name = '']) => name),
);

describe('a metric', () => {
  test('of ours is one that the code counts, under the namespace and the dimensions that it counts it by', () => {
    const environment = { STAGE: 'blue', EVENT_BUS: 'fairlead-blue' };
    for (const { name, dimensions } of allMetrics().filter(({ namespace }) => namespace === 'Fairlead')) {
      expect(counted).toContain(name);
      expect(names).toContain(dimensions.service);
      const eventBridge = new EventBridgeClient({ region: 'eu-west-1' });
      const { metrics } = createPublishing(dimensions.service!, environment, { eventBridge });
      metrics.addMetric(name, 'Count', 1);
      const { _aws: embedded, ...values } = metrics.serializeMetrics();
      const [directive] = embedded.CloudWatchMetrics;
      expect(directive?.Namespace).toBe('Fairlead');
      expect(directive?.Dimensions.map((keys) => keys.toSorted())).toEqual([Object.keys(dimensions).toSorted()]);
      expect(values).toEqual({ ...dimensions, [name]: 1 });
    }
  });

  test('of AWS is about something that this stack has', () => {
    const { model } = stack;
    const indexes = new Set(
      model.tables.flatMap(({ create }) => (create.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)),
    );
    const known: Readonly<Record<string, ReadonlySet<string>>> = {
      FunctionName: new Set(model.functions.map(({ name }) => name)),
      QueueName: new Set(model.queues.map(({ name }) => name)),
      TableName: new Set(model.tables.map(({ name }) => name)),
      GlobalSecondaryIndexName: indexes,
      RuleName: new Set([...model.rules, ...model.schedules].map(({ name }) => name)),
      EventBusName: new Set(model.buses.map(({ name }) => name)),
    };
    for (const { namespace, name, dimensions } of allMetrics().filter((one) => one.namespace !== 'Fairlead'))
      for (const [dimension, value] of Object.entries(dimensions))
        expect(known[dimension], `${namespace} ${name} by ${dimension}`).toContain(value);
  });
});

describe('alarms', () => {
  test('stand on every function: what fails in it, what throttles it, what is lost on the way to it', () => {
    for (const name of names) {
      const functionName = `fairlead-blue-${name}`;
      expect(alarmNamed(`errors-${name}`).metrics).toMatchObject([
        { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: functionName } },
        { namespace: 'Fairlead', name: 'Failed', dimensions: { service: name, stage: 'blue' } },
      ]);
      expect(alarmNamed(`throttles-${name}`).metrics).toMatchObject([
        { namespace: 'AWS/Lambda', name: 'Throttles', dimensions: { FunctionName: functionName } },
      ]);
    }
  });

  test('stand on every rule and every failure destination, each by what CloudWatch calls it', () => {
    const lost = operations.alarms.filter(({ name }) => name.includes('-lost-')).flatMap(({ metrics }) => metrics);
    const rules = [...stack.model.rules, ...stack.model.schedules].map(({ name, bus }) => ({
      RuleName: name,
      // A rule of the default bus is counted without its bus.
      ...(bus !== 'default' && { EventBusName: bus }),
    }));
    const destinations = stack.model.functions
      .filter(({ asynchronous }) => asynchronous.onFailure !== undefined)
      .map(({ name }) => ({ FunctionName: name }));
    const inOrder = (all: readonly object[]) => all.map((one) => JSON.stringify(Object.entries(one).toSorted())).sort();
    const of = (namespace: string) =>
      lost.filter((one) => one.namespace === namespace).map(({ dimensions }) => dimensions);
    expect(inOrder(of('AWS/Events'))).toEqual(inOrder(rules));
    expect(inOrder(of('AWS/Lambda'))).toEqual(inOrder(destinations));
  });

  test('stand on every function that asks for secrets, and on every one that takes webhooks', () => {
    const services = (alarm: string) => alarmNamed(alarm).metrics.map(({ dimensions }) => dimensions.service);
    expect(services('secret-missing').toSorted()).toEqual(names.filter((name) => secretsOf(name).length > 0).sort());
    expect(services('webhooks-unauthenticated')).toEqual(['argocd-webhook', 'github-webhook']);
  });

  test('need no more than ten metrics, and where there are several one expression over all of them', () => {
    for (const { name, metrics, expression } of operations.alarms) {
      expect(metrics.length, name).toBeLessThanOrEqual(10);
      if (metrics.length > 1) expect(expression, name).toMatch(/^(SUM|MAX)\(FILL\(METRICS\(\), 0\)\)$/);
    }
  });

  test('name a section of docs/operations.md each, and each section under “Alarms” has its alarm', () => {
    const document = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    const alarms = document.slice(
      document.indexOf('\n## Alarms'),
      document.indexOf('\n## ', document.indexOf('\n## Alarms') + 1),
    );
    const sections = [...alarms.matchAll(/^### (\S+)$/gm)].map(([, section = '']) => section);
    const named = operations.alarms.map(({ name, description }) => {
      const [, section] = /^\S.*\. docs\/operations\.md#([\w-]+)$/.exec(description) ?? [];
      expect(section, name).toBeDefined();
      expect(name).toMatch(new RegExp(`^fairlead-blue-${section}(-[a-z-]+)?$`));
      return section;
    });
    expect(sections.toSorted()).toEqual([...new Set(named)].sort());
  });
});

test('the archive keeps everything of ours, whose bus it is', () => {
  expect(operations.archives).toMatchObject([
    {
      name: 'fairlead-blue',
      busArn: stack.model.buses[0]?.arn,
      pattern: { source: [{ prefix: 'fairlead.' }] },
      retentionDays: 30,
    },
  ]);
});
