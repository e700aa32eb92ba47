import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { matches, problemsOf } from '#local/eventbridge/pattern.ts';
import { packagedStack } from '../architecture/packaged.ts';
import { eventsIn, readFunction, readYaml, samplesOf } from '../architecture/stack.ts';

const { Resources } = z
  .object({
    Resources: z.object({
      ForwardingRule: z.object({
        Properties: z.object({
          EventPattern: z.record(z.string(), z.unknown()),
          Targets: z.array(z.object({ Arn: z.object({ 'Fn::Sub': z.string() }) })),
        }),
      }),
    }),
  })
  .parse(readYaml('deploy/forwarding/template.yml'));
const { EventPattern: pattern, Targets: targets } = Resources.ForwardingRule.Properties;

const consumers = ['ecr-events', 'codepipeline-events'];

describe('the rule of another account', () => {
  test('has a pattern that EventBridge takes', () => {
    expect(problemsOf(pattern)).toEqual([]);
  });

  test('forwards everything that Fairlead takes from the default bus', () => {
    for (const name of consumers) {
      const samples = samplesOf(name).flatMap(({ content }) => eventsIn(content));
      expect(samples.length).toBeGreaterThan(0);
      for (const sample of samples) expect(matches(pattern, sample), name).toBe(true);
      expect(readFunction(name).rules.some(({ ours }) => ours)).toBe(false);
    }
  });

  test('puts it on the bus that the stack lets that account put it on, and no other account', async () => {
    const bus = /event-bus\/(\w+)$/.exec(targets[0]?.Arn['Fn::Sub'] ?? '')?.[1];
    const named = await packagedStack({ forwardingAccounts: '444455556666, 777788889999' });
    const sources = z.array(z.string()).parse(pattern.source);
    expect(named.model.busPolicies).toEqual([{ bus, accounts: ['444455556666', '777788889999'], sources }]);
    expect((await packagedStack()).model.busPolicies).toEqual([]);
  });
});
