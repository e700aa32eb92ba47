import type { EventOf } from '#events/event.ts';
import { holdRequested } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { changeAbandoned, changeMerged } from '#events/source-control.ts';
import type { Config, ConfigSource } from '#shared/config/config.ts';
import type { Brought } from '#shared/gitops/offers/offer.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Blocked } from '#shared/handlers/errors.ts';
import type { Settled } from '#shared/handlers/gathering.ts';
import { onQueue, type Queue } from '#shared/handlers/on-queue.ts';
import { type Outcome, skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { notWritten, outcomeOf, plan, type Ways } from './decide.ts';
import { type Ended, endOutcome, type PlannedEnd, planEnd } from './ended.ts';
import { holdNotWritten, holdOutcomeOf, planHold } from './hold.ts';
import { offeredOutcome } from './offered.ts';
import type { Planned } from './planned.ts';
import { receives } from './queue.ts';
import { type Writing, type Written, writeAll } from './writing.ts';

type Asked = EventOf<typeof imageRequested | typeof holdRequested>;
type Request = Asked | Ended;

interface Dependencies extends Writing {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  /** As commands name it. */
  readonly stage: string;
  readonly returnAfter: Queue<Request>['returnAfter'];
  readonly setAside: Queue<Request>['setAside'];
  /** What is on the branch of a pull request that has ended, and is, or would be, in Git by it. */
  readonly brought: (
    gitops: Config['gitops'][string],
    ended: PlannedEnd,
    signal: AbortSignal,
  ) => Promise<readonly Brought[]>;
}

const consumed = fromBus(imageRequested, holdRequested, changeMerged, changeAbandoned);

const isEnd = (request: Request): request is Ended =>
  request.type === changeMerged.type || request.type === changeAbandoned.type;

const failed = (request: Request, reason: Error): Outcome => {
  if (isEnd(request)) return skip('what came of the pull request is not known');
  return request.type === holdRequested.type ? holdNotWritten(request, reason) : notWritten(request, reason);
};

const told = (request: Asked, gitops: string, { result, pull, replaced = [] }: Written, ways: Ways) => {
  if (request.type === holdRequested.type) return holdOutcomeOf(request, gitops, result);
  if (result.outcome !== 'offered' || pull === undefined) return outcomeOf(request, gitops, result, ways);
  return offeredOutcome(request, gitops, result, { pull, replaced });
};

export const createHandler = ({ runtime, config, stage, returnAfter, setAside, brought, ...writing }: Dependencies) =>
  onQueue(runtime, { consumed, receives, returnAfter, setAside, failed }, async (requests, signal) => {
    const configuration = await config();

    const end = async (event: Ended): Promise<Settled> => {
      const planned = planEnd(event, configuration);
      if (!('span' in planned)) return planned;
      const repository = configuration.gitops[planned.gitops];
      if (repository === undefined) return new Blocked(`${planned.gitops} is not under gitops of the configuration.`);
      return endOutcome(event, planned, await brought(repository, planned, signal));
    };

    const plans = requests.map((request): Planned | Outcome | undefined => {
      if (isEnd(request)) return undefined;
      return request.type === holdRequested.type ? planHold(request, configuration) : plan(request, configuration);
    });
    const planned = plans.flatMap((one) => (one !== undefined && 'wish' in one ? [one] : []));
    const written = writeAll(planned, configuration, writing, signal);
    return requests.map((request, at): Settled | Promise<Settled> => {
      if (isEnd(request)) return end(request);
      const decision = plans[at];
      if (decision === undefined || !('wish' in decision)) return decision ?? new Error('A request was not planned.');
      const done = written.get(decision);
      if (done === undefined) return new Error('A planned edit was not written.');
      return done.then((one) => told(request, decision.gitops, one, { config: configuration, stage }));
    });
  });
