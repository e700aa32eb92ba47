import type { AnyEvent } from '#events/event.ts';
import { serviceDeployed, serviceRolledback, serviceUpgraded } from '#events/services.ts';
import { type ConfigSource, environmentOf } from '#shared/config/config.ts';
import type { Deployment } from '#shared/deliveries/deployment.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { skip } from '#shared/handlers/outcome.ts';
import type { Publishing } from '#shared/handlers/publishing.ts';
import { finished, finishedBefore, started } from './decide.ts';
import { type Ask, runSuite } from './suite.ts';

interface Dependencies {
  /** Without `once`: a suite may run for minutes, and the log makes sure that it has one end. */
  readonly runtime: Publishing;
  readonly config: ConfigSource;
  readonly deliveries: {
    append(event: AnyEvent): Promise<boolean>;
    chain(chain: string): Promise<readonly AnyEvent[]>;
    deployment(service: string, environment: string, target: string): Promise<Deployment | undefined>;
  };
  readonly ask: Ask;
}

/** The log has the last word: what a suite ends in depends on the moment, and two ends would contradict each other. */
export const createHandler = ({ runtime, config, deliveries, ask }: Dependencies) =>
  onEvent(runtime, fromBus(serviceDeployed, serviceUpgraded, serviceRolledback), async function* (deployed, signal) {
    const service = deployed.data.subject.id;
    const environment = deployed.data.subject.content.environment.id;
    const checks = environmentOf(await config(), { service, environment })?.smoke ?? [];
    if (checks.length === 0) return skip(`${service} has no smoke checks in ${environment}`);

    yield started(deployed);
    const readChain = () => deliveries.chain(deployed.data.context.chainId);
    const before = finishedBefore(deployed, await readChain());
    if (before !== undefined) {
      yield before;
      return undefined;
    }
    const results = await runSuite(checks, ask, signal);
    const ended = new Date();
    const deployment = await deliveries.deployment(service, environment, deployed.data.customData.target);
    const end = finished(deployed, { chain: await readChain(), deployment, results, ended });
    const first = (await deliveries.append(end)) ? end : finishedBefore(deployed, await readChain());
    if (first === undefined) throw new Upstream(`The log refused ${end.id}, and does not have it either.`);
    yield first;
    return undefined;
  });
