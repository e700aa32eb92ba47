import * as z from 'zod';
import type { SeenApplication } from '../judge/argocd.ts';

const sourceSchema = z.object({ targetRevision: z.string().default('') });

const applicationSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }),
  spec: z.object({
    source: sourceSchema.nullish(),
    sources: z.array(sourceSchema).nullish(),
    syncPolicy: z.object({ automated: z.object({ enabled: z.boolean().nullish() }).nullish() }).nullish(),
  }),
});

const isSubscription = (annotation: string): boolean =>
  /^notifications\.argoproj\.io\/subscribe\.([^.]+\.)?fairlead$/.test(annotation);

/** An application by Argo CD's API; undefined where there is none, which it tells as 403, too. */
export const lookAtApplication = async (
  base: string,
  name: string,
  token: string,
  signal: AbortSignal,
): Promise<SeenApplication | undefined> => {
  const response = await fetch(`${base.replace(/\/+$/, '')}/api/v1/applications/${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'fairlead-doctor' },
    redirect: 'error',
    signal,
  });
  if (response.status === 404 || response.status === 403) return undefined;
  if (!response.ok) throw new Error(`Argo CD answered ${response.status}; is its api-token still good?`);
  const { metadata, spec } = applicationSchema.parse(await response.json());
  const automated = spec.syncPolicy?.automated;
  const sources = [...(spec.source ? [spec.source] : []), ...(spec.sources ?? [])];
  return {
    // Argo CD 3 can keep the settings of what it has switched off.
    automated: automated !== undefined && automated !== null && automated.enabled !== false,
    subscribed: Object.keys(metadata.annotations ?? {}).some(isSubscription),
    targetRevisions: sources.map(({ targetRevision }) => targetRevision),
  };
};
