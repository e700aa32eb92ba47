import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Account, openAccount } from './aws/account.ts';
import { createClosers } from './aws/closers.ts';
import { createBelongings } from './aws/cloudformation/belongings.ts';
import { createDeployments } from './aws/cloudformation/deployments.ts';
import { createCloudFormation } from './aws/cloudformation/service.ts';
import { createStacks } from './aws/cloudformation/stacks.ts';
import { createTransition } from './aws/cloudformation/transition.ts';
import { createUploads } from './aws/cloudformation/uploads.ts';
import { type Cloud, type CloudOptions, outsideOf } from './cloud.ts';
import { type RunningModel, runModel } from './run-model.ts';
import { mergeModels } from './template/merge.ts';
import type { Model } from './template/model.ts';

export interface DeployedOptions extends Omit<CloudOptions, 'packaged' | 'stackName' | 'imports'> {
  /** Whether a call of CloudFormation is one too many; every fourth that asks for events, unless given. */
  throttle?(action: string, nth: number): boolean;
  /** What each deployment waits for before it has its effect: on AWS, minutes. */
  hold?(): Promise<void>;
}

/** How long an update waits for what is under way, in ms; on AWS it would go on with the old code. */
const patience = 10_000;

const impatient = (action: string, nth: number): boolean => action === 'DescribeStackEvents' && nth % 4 === 0;

/** Runs one model after the other; requests wait in between, and nothing that lies in tables and queues is lost. */
const createSuccession = async (account: Account, first: Model, options: DeployedOptions) => {
  let running: RunningModel | undefined = await runModel(first, account, options);
  const current = (): RunningModel => {
    if (running === undefined) throw new Error('The stack is being updated.');
    return running;
  };
  return {
    current,
    replace: async (model: Model): Promise<void> => {
      account.api.pause();
      await Promise.race([running?.idle(), wait(patience, undefined, { ref: false })]);
      account.endpoint.pause();
      await running?.close();
      running = undefined;
      running = await runModel(model, account, options);
    },
    close: async () => running?.close(),
  };
};

/** An account with nothing in it, into which stacks are deployed by CloudFormation's API; what is deployed runs. */
export const startDeployed = async (options: DeployedOptions = {}): Promise<Cloud> => {
  const { account: id = '111122223333', region = 'eu-west-1', throttle = impatient } = options;
  const closers = createClosers();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-deployed-'));
    closers.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const account = await openAccount(options.ports ?? {});
    closers.add(account.close);
    const where = { account: id, region, partition: 'aws' };
    const stacks = createStacks();
    const belongings = createBelongings(account);
    const merged = (models: readonly Model[]): Model => mergeModels(where, models, belongings.retained());
    const succession = await createSuccession(account, merged([]), options);
    closers.add(succession.close);
    const underWay = new Set<Promise<void>>();
    const transition = createTransition({
      stacks,
      belongings,
      place: { account: id, region, queueUrlBase: account.endpoint.url, uploads: createUploads(account, folder) },
      run: async (models) => {
        await options.hold?.();
        await succession.replace(merged(models));
      },
    });
    account.queries.set(
      'cloudformation',
      createCloudFormation({
        stacks,
        deployments: createDeployments(transition, account.buckets),
        buckets: account.buckets,
        arn: `arn:aws:cloudformation:${region}:${id}`,
        throttle,
        underWay: (work) => {
          underWay.add(work);
          void work.finally(() => underWay.delete(work));
        },
      }),
    );
    return {
      ...outsideOf(account),
      api: account.api.url,
      get model() {
        return succession.current().model;
      },
      invoke: (name, payload) => succession.current().invoke(name, payload),
      putEvents: (entries) => succession.current().putEvents(entries),
      putServiceEvents: (entries, from) => succession.current().putServiceEvents(entries, from),
      idle: async () => {
        await Promise.all(underWay);
        await succession.current().idle();
      },
      close: async () => {
        await Promise.allSettled(underWay);
        await closers.close();
      },
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
