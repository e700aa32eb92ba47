import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createReadPublished, publishedKey } from '#shared/clients/published-config.ts';
import type { ConfigFiles } from '#shared/config/parse.ts';
import type { Published } from '#shared/config/published.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { optionsFor } from '../aws/connect.ts';
import { explain, type Where } from '../aws/explain.ts';
import { choosesAws, findLocalFairlead } from '../aws/local-fairlead.ts';
import { Failure } from '../failure.ts';
import { withLocalAddresses } from './local-addresses.ts';

/** Milliseconds. */
const patience = 30_000;

/** Where a stage's configuration is published. Its errors are `Failure`s that say what to do. */
export interface ConfigPlace {
  /** The URL of the local Fairlead, where that is used unasked. */
  readonly local?: string | undefined;
  /** `s3://…/fairlead.json` */
  readonly url: string;
  /** The files as they can be used there. */
  adapt?(files: ConfigFiles): Promise<ConfigFiles>;
  read(): Promise<Exclude<Published, 'same'>>;
  /** Replaces what was read, and nothing else. Gives the version's id. */
  publish(text: string, replacing: Exclude<Published, 'same'>): Promise<string>;
}

const isConflict = (error: unknown): boolean =>
  error instanceof Error && ['PreconditionFailed', 'ConditionalRequestConflict'].includes(error.name);

export const openConfigPlace = async (
  stage: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConfigPlace> => {
  const local = choosesAws(environment) ? undefined : await findLocalFairlead(stage);
  const options = optionsFor(local);
  const s3 = new S3Client(options);
  const where: Where = { stage, endpoint: local?.endpoint ?? environment.AWS_ENDPOINT_URL };

  const explained = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw explain(error, where);
    }
  };

  const bucket = await explained(async () => {
    const region = await s3.config.region();
    const { Account } = await new STSClient(options).send(new GetCallerIdentityCommand());
    return `fairlead-${stage}-config-${Account}-${region}`;
  });
  const read = createReadPublished(s3, bucket);

  const started = local?.localConfig;

  return {
    local: local?.endpoint,
    ...(started !== undefined && {
      adapt: async (files: ConfigFiles) => withLocalAddresses(files, await readConfigFiles(started)),
    }),
    url: `s3://${bucket}/${publishedKey}`,
    read: () =>
      explained(async () => {
        const published = await read(undefined, AbortSignal.timeout(patience));
        return published === 'same' ? 'nothing' : published;
      }),
    publish: (text, replacing) =>
      explained(async () => {
        const condition: Partial<PutObjectCommandInput> =
          replacing === 'nothing' ? { IfNoneMatch: '*' } : { IfMatch: replacing.etag };
        const object = { Bucket: bucket, Key: publishedKey, Body: text, ContentType: 'application/json' };
        const abortSignal = AbortSignal.timeout(patience);
        try {
          const { VersionId } = await s3.send(new PutObjectCommand({ ...object, ...condition }), { abortSignal });
          return VersionId ?? 'null';
        } catch (cause) {
          if (!isConflict(cause)) throw cause;
          throw new Failure('Somebody else has published meanwhile. Nothing was replaced: run it again, and look.', {
            cause,
          });
        }
      }),
  };
};
