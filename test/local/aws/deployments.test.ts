import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startDeployed } from '#local/deployed.ts';
import { clientOf } from '../fixture/start-fixture.ts';

/** A stack of some queues, one of which may be none that could be made, and some that outlive it. */
const stacks = fc.record({
  queues: fc.dictionary(
    fc.constantFrom('A', 'B', 'C'),
    fc.record({ delay: fc.constantFrom(0, 5, 901), retained: fc.boolean() }),
    { minKeys: 1 },
  ),
});

type Stack = typeof stacks extends fc.Arbitrary<infer Made> ? Made : never;

const templateOf = (stack: string, { queues }: Stack): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(queues).map(([name, { delay, retained }]) => [
        name,
        {
          Type: 'AWS::SQS::Queue',
          Properties: { QueueName: `${stack}-${name}`, DelaySeconds: delay },
          ...(retained && { DeletionPolicy: 'Retain' }),
        },
      ]),
    ),
  });

const acts = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant('deploy' as const), stack: stacks }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('remove' as const) }) },
  ),
  { minLength: 1, maxLength: 8 },
);

test('whatever is deployed, fails and is removed, what runs is the last that succeeded, and what was retained', async () => {
  const cloud = await startDeployed({ throttle: () => false });
  const cloudFormation = new CloudFormationClient(clientOf(cloud));
  let run = 0;

  const statusOf = async (StackName: string): Promise<string | undefined> => {
    const found = await cloudFormation.send(new DescribeStacksCommand({ StackName })).catch(() => undefined);
    return found?.Stacks?.[0]?.StackStatus;
  };

  try {
    await fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        run += 1;
        const StackName = `run-${run}`;
        /** The delays of the queues that are there, and which of them nobody owns. */
        let deployed: Stack['queues'] = {};
        const orphans = new Map<string, number>();
        const leave = (after: Stack['queues']): void => {
          for (const [name, { delay, retained }] of Object.entries(deployed)) {
            if (!(name in after) && retained) orphans.set(name, delay);
          }
          deployed = after;
        };
        for (const step of steps) {
          const there = await statusOf(StackName);
          if (step.act === 'remove') {
            await cloudFormation.send(new DeleteStackCommand({ StackName }));
            await cloud.idle();
            leave({});
          } else {
            const { queues } = step.stack;
            const TemplateBody = templateOf(StackName, step.stack);
            const possible = Object.entries(queues).every(([name, { delay }]) => delay <= 900 && !orphans.has(name));
            const command =
              there === undefined
                ? new CreateStackCommand({ StackName, TemplateBody, OnFailure: 'DELETE' })
                : new UpdateStackCommand({ StackName, TemplateBody });
            const same = JSON.stringify(queues) === JSON.stringify(deployed);
            await cloudFormation.send(command as UpdateStackCommand).catch((error: Error) => {
              if (!same) throw error;
              expect(error.message).toContain('No updates');
            });
            await cloud.idle();
            if (possible) leave(queues);
          }
          const expected = [
            ...Object.entries(deployed).map(([name, { delay }]) => [`${StackName}-${name}`, delay] as const),
            ...[...orphans].map(([name, delay]) => [`${StackName}-${name}`, delay] as const),
          ];
          const running = cloud.model.queues
            .filter(({ name }) => name.startsWith(`${StackName}-`))
            .map(({ name, delaySeconds }) => [name, delaySeconds] as const);
          expect(new Map(running)).toEqual(new Map(expected));
          expect(running).toHaveLength(expected.length);
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    await cloud.close();
  }
});
