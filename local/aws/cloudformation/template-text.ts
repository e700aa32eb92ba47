import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { Buckets } from '../s3/buckets.ts';

/** The most bytes that CloudFormation takes of a template in a request, and of one in a bucket. */
const bodyLimit = 51_200;
const objectLimit = 1_048_576;

interface Source {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

const checked = (text: string, limit: number): string => {
  if (Buffer.byteLength(text) <= limit) return text;
  throw invalid(`1 validation error detected: the template must have length less than or equal to ${limit}`);
};

const inPath = /^\/([^/]+)\/(.+)$/;
const inHost = /^(.+)\.s3[.-]/;

/** An object's URL on AWS: its bucket is the first part of the path, or of the host. */
const locate = (url: string): { bucket: string; key: string } => {
  const { hostname = '', pathname = '' } = URL.parse(url) ?? {};
  const [, ofHost] = inHost.exec(hostname) ?? [];
  const [, ofPath, rest] = inPath.exec(pathname) ?? [];
  const [bucket, key] = ofHost === undefined ? [ofPath, rest] : [ofHost, pathname.slice(1)];
  if (!hostname.endsWith('.amazonaws.com') || !bucket || !key) throw invalid('TemplateURL must be a supported URL.');
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
};

/** The text of a template that is given, or that lies in a bucket. */
export const templateText = ({ TemplateBody, TemplateURL }: Source, buckets: Buckets): string => {
  if (TemplateBody !== undefined) return checked(TemplateBody, bodyLimit);
  if (TemplateURL === undefined) throw invalid('Either Template URL or Template Body must be specified.');
  const { bucket, key } = locate(TemplateURL);
  const object = buckets.find(bucket)?.get(key);
  if (object === undefined) throw invalid('S3 error: The specified key does not exist.');
  return checked(object.body.toString('utf8'), objectLimit);
};

const shape = z.looseObject({
  Description: z.string().optional(),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});

export type ParsedTemplate = z.output<typeof shape>;

/** Serverless sends JSON; a template in YAML is not known here. */
export const parseTemplate = (text: string): ParsedTemplate => {
  const json = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw invalid('Template format error: JSON not well-formed.');
    }
  })();
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw invalid(`Template format error: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

/** What whoever deploys the template has to agree to. */
export const capabilitiesOf = ({ Resources }: ParsedTemplate): string[] => {
  const roles = Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  if (roles.length === 0) return [];
  return roles.some(({ Properties }) => Properties?.RoleName !== undefined)
    ? ['CAPABILITY_NAMED_IAM']
    : ['CAPABILITY_IAM'];
};

/** Throws InsufficientCapabilitiesException; who agrees to named roles agrees to all. */
export const checkCapabilities = (template: ParsedTemplate, given: readonly string[]): void => {
  const missing = capabilitiesOf(template).filter(
    (one) => !given.includes(one) && !given.includes('CAPABILITY_NAMED_IAM'),
  );
  if (missing.length === 0) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
};
