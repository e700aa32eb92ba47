import type { EventOf } from '#events/event.ts';
import { holdRequested } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import type { Config, ConfigSource } from '#shared/config/config.ts';
import type { Result, Wish } from '#shared/gitops/intent.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { onQueue, type Queue } from '#shared/handlers/on-queue.ts';
import type { Outcome } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { notWritten, outcomeOf, plan } from './decide.ts';
import { holdNotWritten, holdOutcomeOf, planHold } from './hold.ts';
import type { Planned } from './planned.ts';
import { receives } from './queue.ts';

type Request = EventOf<typeof imageRequested | typeof holdRequested>;

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  /** As commands name it. */
  readonly stage: string;
  readonly returnAfter: Queue<Request>['returnAfter'];
  readonly setAside: Queue<Request>['setAside'];
  /** Writes the wishes for one GitOps repository, together. One result each; throws what a retry may heal. */
  readonly write: (
    gitops: Config['gitops'][string],
    wishes: readonly Wish[],
    signal: AbortSignal,
  ) => Promise<readonly Result[]>;
}

const consumed = fromBus(imageRequested, holdRequested);

const failed = (request: Request, reason: Error): Outcome =>
  request.type === holdRequested.type ? holdNotWritten(request, reason) : notWritten(request, reason);

export const createHandler = ({ runtime, config, stage, returnAfter, setAside, write }: Dependencies) =>
  onQueue(runtime, { consumed, receives, returnAfter, setAside, failed }, async (requests, signal) => {
    const configuration = await config();
    const plans = requests.map((request) =>
      request.type === holdRequested.type ? planHold(request, configuration) : plan(request, configuration),
    );
    const outcome = (request: Request, gitops: string, result: Result): Outcome | Error =>
      request.type === holdRequested.type
        ? holdOutcomeOf(request, gitops, result)
        : outcomeOf(request, gitops, result, { config: configuration, stage });

    const writeTogether = async (
      gitops: string,
      together: readonly (readonly [Request, Planned])[],
    ): Promise<ReadonlyMap<Planned, Outcome | Error>> => {
      const repository = configuration.gitops[gitops];
      try {
        if (repository === undefined) throw new Error(`${gitops} is not under gitops of the configuration.`);
        const wishes = together.map(([, { wish }]) => wish);
        const results = await write(repository, wishes, signal);
        return new Map(
          together.map(([request, planned], index) => {
            const result = results[index];
            return [planned, result ? outcome(request, gitops, result) : new Error('The writer gave no result.')];
          }),
        );
      } catch (error) {
        return new Map(
          together.map(([, planned]) => [planned, error instanceof Error ? error : new Error(String(error))]),
        );
      }
    };

    // A batch is split by repository: they are written side by side, and one that is down holds no other up.
    const planned = requests.flatMap((request, index) => {
      const decision = plans[index];
      return decision !== undefined && 'wish' in decision ? [[request, decision] as const] : [];
    });
    const byRepository = Map.groupBy(planned, ([, { gitops }]) => gitops);
    const written = new Map([...byRepository].map(([gitops, together]) => [gitops, writeTogether(gitops, together)]));
    return plans.map(async (decision) => {
      if (!('wish' in decision)) return decision;
      return (await written.get(decision.gitops))?.get(decision) ?? new Error('A planned edit was not written.');
    });
  });
