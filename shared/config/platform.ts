import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import { modeSchema } from '#events/images.ts';
import { gitopsSchema } from './gitops.ts';

export const rollbackSchema = z.enum(['auto', 'ask', 'off']);

/** How an image comes into the GitOps repository's branch. */
export const strategySchema = z.enum(['push', 'pull-request']);

/** `fairlead.yaml`: what the services have in common. */
export const platformSchema = z.strictObject({
  /** The repositories that Argo CD deploys from, by the name that services use. */
  gitops: z.record(nameSchema, gitopsSchema),
  /** The Argo CD instances, by the name in front of their applications. */
  argocd: z.record(nameSchema, z.strictObject({ url: z.url({ protocol: /^https?$/ }) })).default({}),
  teams: z.record(
    nameSchema,
    z.strictObject({
      /** The channel's name or id. */
      slack: z.string().regex(/^#?[\p{L}\p{N}_.-]{1,80}$/u, 'is not a Slack channel'),
    }),
  ),
  defaults: z
    .strictObject({
      gitops: nameSchema.optional(),
      argocd: nameSchema.optional(),
      rollback: rollbackSchema.default('off'),
      mode: modeSchema.default('observe'),
      strategy: strategySchema.default('push'),
    })
    .default({ rollback: 'off', mode: 'observe', strategy: 'push' }),
  /** Glob patterns of the service files, from this file's folder. */
  include: z.array(z.string().min(1)).default([]),
});

export type Platform = z.infer<typeof platformSchema>;
