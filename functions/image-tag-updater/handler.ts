import type { EventOf } from '#events/event.ts';
import { imageRequested } from '#events/images.ts';
import type { Config, ConfigSource } from '#shared/config/config.ts';
import type { Intent, Result } from '#shared/gitops/intent.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { onQueue, type Queue } from '#shared/handlers/on-queue.ts';
import type { Outcome } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { outcomeOf, type Planned, plan } from './decide.ts';

type Request = EventOf<typeof imageRequested>;

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly returnAfter: Queue<Request>['returnAfter'];
  /** Writes the intents of one GitOps repository, together. One result each; throws what a retry may heal. */
  readonly write: (
    gitops: Config['gitops'][string],
    intents: readonly Intent[],
    signal: AbortSignal,
  ) => Promise<readonly Result[]>;
}

export const createHandler = ({ runtime, config, returnAfter, write }: Dependencies) =>
  onQueue(runtime, { consumed: fromBus(imageRequested), returnAfter }, async (requests, signal) => {
    const configuration = await config();
    const plans = requests.map((request) => plan(request, configuration));

    // A batch is split by repository: they are written side by side, and one that is down holds no other up.
    const outcomes = new Map<Planned, Outcome | Error>();
    const writeTogether = async (gitops: string, together: readonly (readonly [Request, Planned])[]): Promise<void> => {
      const repository = configuration.gitops[gitops];
      try {
        if (repository === undefined) throw new Error(`${gitops} is not under gitops of the configuration.`);
        const results = await write(
          repository,
          together.map(([, { intent }]) => intent),
          signal,
        );
        for (const [index, [request, planned]] of together.entries()) {
          const result = results[index];
          outcomes.set(planned, result ? outcomeOf(request, gitops, result) : new Error('The writer gave no result.'));
        }
      } catch (error) {
        for (const [, planned] of together)
          outcomes.set(planned, error instanceof Error ? error : new Error(String(error)));
      }
    };

    const planned = requests.flatMap((request, index) => {
      const decision = plans[index];
      return decision !== undefined && 'intent' in decision ? [[request, decision] as const] : [];
    });
    const byRepository = Map.groupBy(planned, ([, { gitops }]) => gitops);
    await Promise.all([...byRepository].map(([gitops, together]) => writeTogether(gitops, together)));
    return plans.map((decision) => {
      if (!('intent' in decision)) return decision;
      return outcomes.get(decision) ?? new Error('A planned edit was not written.');
    });
  });
