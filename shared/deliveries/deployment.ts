import * as z from 'zod';
import { idSchema, timeSchema } from '#events/event.ts';
import { imageSchema } from '#events/image.ts';
import { commitSchema } from '#events/source-control.ts';

const stateSchema = z.object({
  image: imageSchema,
  chain: idSchema,
  /** The event that says so, and its time in UTC to the millisecond: what is newer wins. */
  event: idSchema,
  since: timeSchema,
  /** The GitOps commit. */
  revision: commitSchema,
});

/** What one image of a service is in one environment. `verified` is the last whose tests passed. */
export const deploymentSchema = z.object({
  asked: stateSchema.optional(),
  deployed: stateSchema.optional(),
  verified: stateSchema.optional(),
});

export type Deployment = z.infer<typeof deploymentSchema>;

export type DeploymentState = z.infer<typeof stateSchema>;

/** One fact about a deployment, from the event that says so. */
export interface DeploymentChange {
  readonly service: string;
  readonly environment: string;
  readonly target: string;
  readonly fact: 'asked' | 'deployed' | 'verified';
  readonly image: DeploymentState;
}
