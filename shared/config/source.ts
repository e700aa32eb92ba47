import type { S3Client } from '@aws-sdk/client-s3';
import { createReadPublished } from '#shared/clients/published-config.ts';
import type { Publishing } from '#shared/handlers/publishing.ts';
import { createBundledConfig } from './bundled.ts';
import type { ConfigSource } from './config.ts';
import { createPublishedConfig } from './published.ts';

interface Dependencies {
  readonly s3: S3Client;
  /** `CONFIG_BUCKET` is not set where a bundle runs by itself, as by `serverless invoke local`: nothing is published there. */
  readonly environment: { readonly STAGE: string; readonly CONFIG_BUCKET?: string | undefined };
  /** The files that the build laid beside the bundle. */
  readonly bundled: URL;
  readonly runtime: Pick<Publishing, 'logger' | 'metrics'>;
}

/** Where a function gets its configuration from: what is published, or else what it was deployed with. */
export const createConfigSource = ({ s3, environment, bundled: location, runtime }: Dependencies): ConfigSource => {
  const { STAGE: stage, CONFIG_BUCKET: bucket } = environment;
  const bundled = createBundledConfig(location, stage);
  const read = bucket ? createReadPublished(s3, bucket) : async () => 'nothing' as const;
  return createPublishedConfig({ read, bundled, stage, runtime });
};
