import { type Account, openAccount } from './aws/account.ts';
import { createClosers } from './aws/closers.ts';
import type { ObservedCall } from './aws/endpoint/endpoint.ts';
import type { JsonService } from './aws/endpoint/json-service.ts';
import type { Subscribe } from './aws/observers.ts';
import type { Buckets } from './aws/s3/buckets.ts';
import type { Parameters } from './aws/ssm/parameters.ts';
import type { PutEvent } from './eventbridge/bus.ts';
import type { Loss } from './eventbridge/delivery.ts';
import type { Failure } from './lambda/asynchronous.ts';
import type { LogLine } from './lambda/environments.ts';
import type { Invocation } from './lambda/invoke.ts';
import { type RunningModel, type RunOptions, runModel } from './run-model.ts';
import { readTemplate } from './template/read-template.ts';

export interface CloudOptions extends RunOptions {
  /** The folder that `serverless package` wrote. */
  readonly packaged: string;
  readonly account?: string;
  readonly region?: string;
  readonly stackName?: string;
  /** What other stacks export, for `Fn::ImportValue`. */
  readonly imports?: Readonly<Record<string, string>>;
  /** Free ports unless given. */
  readonly ports?: { readonly endpoint?: number; readonly api?: number };
}

export interface Cloud extends RunningModel {
  /** The URL of all AWS services: `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** The URL of the HTTP API. */
  readonly api: string | undefined;
  readonly parameters: Parameters;
  readonly buckets: Buckets;
  /** Adds services of the JSON protocols, by the prefix of their `X-Amz-Target`. */
  mount(services: Readonly<Record<string, JsonService>>): void;
  readonly onEvent: Subscribe<PutEvent>;
  readonly onInvocation: Subscribe<Invocation>;
  readonly onLog: Subscribe<LogLine>;
  readonly onCall: Subscribe<ObservedCall>;
  /** An asynchronous event that a function failed on for good. */
  readonly onFailure: Subscribe<Failure>;
  /** An event that reached neither a rule's target nor a dead-letter queue. */
  readonly onLost: Subscribe<Loss>;
}

/** Runs a packaged stack: its functions, rules, queues, tables and API, in this process and on loopback. */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { packaged, account: id = '111122223333', region = 'eu-west-1', stackName = 'local', imports = {} } = options;
  const closers = createClosers();
  try {
    const account = await openAccount(options.ports ?? {});
    closers.add(account.close);
    // The template's queue URLs say where the endpoint is.
    const queueUrlBase = account.endpoint.url;
    const model = readTemplate(packaged, { account: id, region, stackName, imports, queueUrlBase });
    const running = await runModel(model, account, options);
    closers.add(running.close);
    return {
      ...running,
      ...outsideOf(account),
      api: model.httpApi && account.api.url,
      close: closers.close,
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};

/** What is the same for an account whatever runs in it. */
export const outsideOf = ({ endpoint, parameters, buckets, mounted, observers }: Account) => ({
  endpoint: endpoint.url,
  parameters,
  buckets,
  mount: (services: Readonly<Record<string, JsonService>>): void => {
    for (const [prefix, service] of Object.entries(services)) mounted.set(prefix, service);
  },
  onEvent: observers.events.subscribe,
  onInvocation: observers.invocations.subscribe,
  onLog: observers.logs.subscribe,
  onCall: observers.calls.subscribe,
  onFailure: observers.failures.subscribe,
  onLost: observers.losses.subscribe,
});
