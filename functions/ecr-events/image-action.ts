import * as z from 'zod';
import { timeSchema } from '#events/event.ts';
import { digestSchema, tagSchema } from '#events/image.ts';

/** ECR's registry of an account and region. China has a partition, and so a domain, of its own. */
const registryOf = (account: string, region: string): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** ECR leaves the tag of an untagged manifest out, or empty. */
const optionalTag = z.preprocess((tag) => (tag === '' ? undefined : tag), tagSchema.optional());

/** What is used of an `ECR Image Action` (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html). */
export const imageActionSchema = z
  .object({
    id: z.string().min(1),
    account: z.string().regex(/^\d{12}$/),
    region: z.string().min(1),
    time: timeSchema,
    detail: z.object({
      result: z.string(),
      'action-type': z.string(),
      'repository-name': z.string().min(1),
      'image-digest': digestSchema,
      'image-tag': optionalTag,
    }),
  })
  .transform(({ id, account, region, time, detail }) => ({
    id,
    account,
    region,
    time: new Date(time).toISOString(),
    action: detail['action-type'],
    succeeded: detail.result === 'SUCCESS',
    /** The repository's name inside its registry. */
    name: detail['repository-name'],
    repository: `${registryOf(account, region)}/${detail['repository-name']}`,
    digest: detail['image-digest'],
    tag: detail['image-tag'],
  }));

/** What happened to an image, and where: by the event's account and region, never by the Lambda's. */
export type ImageAction = z.infer<typeof imageActionSchema>;

/** An image that a tag names, and so one that may be deployed. */
export type TaggedImage = ImageAction & { readonly tag: string };

export const isTagged = (action: ImageAction): action is TaggedImage => action.tag !== undefined;
