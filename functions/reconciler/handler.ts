import * as z from 'zod';
import type { Hooks } from '#shared/clients/github/hooks.ts';
import type { GithubRepository } from '#shared/clients/github/where.ts';
import type { LostImages } from '#shared/clients/lost-images.ts';
import type { Secrets } from '#shared/clients/secrets.ts';
import type { Config, ConfigSource } from '#shared/config/config.ts';
import type { Deliveries } from '#shared/deliveries/deliveries.ts';
import { fromAws } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import type { Publishing } from '#shared/handlers/publishing.ts';
import { ecrRepositoriesOf } from '#shared/reconciling/ecr.ts';
import { decide, inTurn, type Walked } from './decide.ts';
import { createSendAgain } from './deliveries.ts';
import { createTell } from './images.ts';
import { sourcesOf } from './sources.ts';
import { walk } from './walk.ts';

interface Dependencies {
  readonly runtime: Publishing;
  readonly config: ConfigSource;
  readonly secrets: Pick<Secrets, 'find'>;
  readonly openHooks: (repository: GithubRepository, token: string, signal: AbortSignal) => Hooks;
  readonly images: LostImages;
  readonly deliveries: Pick<Deliveries, 'bySubject'>;
  /** Of the stage's HTTP API. */
  readonly apiId: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a rule with a schedule sends. */
const scheduledSchema = z.object({ id: z.string().min(1), 'detail-type': z.literal('Scheduled Event') });

const nothing: Walked = { mended: 0, notAsked: [], failed: [], left: 0 };

/** Without `once`: each run looks anew, and what it sends twice is taken once. */
export const createHandler = (dependencies: Dependencies) => {
  const { runtime, config, secrets, openHooks, images, deliveries, apiId, now: clock } = dependencies;
  const { logger, name, publish, metrics } = runtime;

  const askGithub = async (configuration: Config, now: number, signal: AbortSignal): Promise<Walked> => {
    const { repositories, elsewhere } = sourcesOf(configuration);
    const refused = elsewhere.map((one) => `${one}: the token is for GitHub and the hosts under gitops alone`);
    if (repositories.length === 0) return { ...nothing, notAsked: refused };
    const token = await secrets.find('github/token');
    if (token === undefined) {
      return { ...nothing, notAsked: [...refused, 'GitHub is not asked, for there is no secret github/token'] };
    }
    const sendAgain = createSendAgain({ open: (one) => openHooks(one, token, signal), apiId, now });
    const walked = await walk(inTurn(repositories, now), sendAgain, { logger, signal });
    return { ...walked, notAsked: [...refused, ...walked.notAsked] };
  };

  const askEcr = ({ services }: Config, now: number, signal: AbortSignal): Promise<Walked> => {
    const tell = createTell({ images, deliveries, now, signal });
    return walk(inTurn(ecrRepositoriesOf(services), now), tell, { logger, signal });
  };

  return onEvent({ logger, name, publish, metrics }, fromAws(scheduledSchema), async (_, signal) => {
    const configuration = await config();
    const now = clock();
    // Together, so that neither waits until the time is over.
    const walks = await Promise.all([askGithub(configuration, now, signal), askEcr(configuration, now, signal)]);
    const failed = walks.flatMap((walked) => walked.failed);
    if (failed.length > 0) throw new Upstream(`Not all could be asked: ${failed.join(' ')}`);
    return decide(walks);
  });
};
