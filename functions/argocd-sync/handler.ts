import { imageCommitted } from '#events/images.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { Upstream } from '#shared/handlers/errors.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { skip } from '#shared/handlers/outcome.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import type { ArgoCd } from './argocd.ts';
import { decide, requested } from './decide.ts';

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly argocd: ArgoCd;
}

/** An instance that is away must not keep the others from being told: what failed is thrown in the end. */
export const createHandler = ({ runtime, config, argocd }: Dependencies) =>
  onEvent(runtime, fromBus(imageCommitted), async function* (commit, signal) {
    const requests = decide(commit, await config());
    if (typeof requests === 'string') return skip(requests);

    const failures: unknown[] = [];
    for (const request of requests) {
      const failure = await argocd.push(request.argocd, request.push, signal).catch((error: unknown) => error);
      if (failure === undefined) yield requested(commit, request);
      else failures.push(failure);
    }
    if (failures.length === 0) return skip('no instance of Argo CD was told');
    throw new Upstream(failures.map(String).join(' '), { cause: failures[0] });
  });
