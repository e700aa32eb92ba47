import * as z from 'zod';
import { parseKey } from '#shared/gitops/edits/key-path.ts';
import { durationSchema } from './duration.ts';

type Scalar = string | number | boolean | null;

/** One HTTP check of a smoke test, with every default in place. Durations in milliseconds. */
export interface Check {
  /** In capitals, as HTTP has it. */
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Any of these will do. */
  readonly status: readonly number[];
  /** What the body must contain. */
  readonly text?: string | undefined;
  /** What must stand in a JSON body, by its path as in `checks.database[0].status`. */
  readonly json: Readonly<Record<string, Scalar>>;
  /** The most that one request may take, redirects and body included. */
  readonly latency: number;
  /** How long it is tried until it holds. */
  readonly within: number;
}

const hasNoCredentials = (url: string): boolean => {
  if (!URL.canParse(url)) return true; // said already
  const { username, password } = new URL(url);
  return username === '' && password === '';
};

const urlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine(hasNoCredentials, 'carries credentials, and addresses are shown: send them in headers');

/** What the request says of itself, and a wrong word of which would break it. */
const ownHeaders = /^(connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

const headerNameSchema = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not the name of a header')
  .refine((name) => !ownHeaders.test(name), 'is a header that the request sets itself');

const headerValueSchema = z
  .string()
  .max(2000)
  .regex(/^[ -~]*$/, 'is not printable ASCII');

const statusSchema = z.int().min(200).max(599);

const isPath = (path: string): boolean => {
  try {
    return parseKey(path).length > 0;
  } catch {
    return false;
  }
};

const pathSchema = z.string().max(200).refine(isPath, 'is not a path such as status or checks[0].name');

const scalarSchema = z.union(
  [z.string().max(500), z.number(), z.boolean(), z.null()],
  'wants a string, a number, a boolean or null',
);

const methods = ['get', 'head', 'post', 'put', 'delete'] as const;

const rawSchema = z.strictObject({
  get: urlSchema.optional(),
  head: urlSchema.optional(),
  post: urlSchema.optional(),
  put: urlSchema.optional(),
  delete: urlSchema.optional(),
  headers: z.record(headerNameSchema, headerValueSchema).default({}),
  body: z.string().max(10_000).optional(),
  status: z
    .union([statusSchema, z.array(statusSchema).min(1).max(20)], 'wants a status, or a list of them')
    .default(200),
  text: z.string().min(1).max(500).optional(),
  json: z.record(pathSchema, scalarSchema).default({}),
  latency: durationSchema('1m').prefault('10s'),
  within: durationSchema('4m').prefault('60s'),
});

/** As a team writes it: `{ get: https://checkout.acme.dev/healthz, status: 200, within: 60s }`. */
export const checkSchema = rawSchema.transform((raw, context): Check => {
  const { headers, body, status, text, json, latency, within } = raw;
  const [method, ...others] = methods.filter((one) => raw[one] !== undefined);
  const url = method && raw[method];
  if (method === undefined || url === undefined || others.length > 0) {
    context.addIssue(`wants exactly one of ${methods.join(', ')}`);
    return z.NEVER;
  }
  if (body !== undefined && method !== 'post' && method !== 'put') context.addIssue('sends a body only by post or put');
  if (method === 'head' && (text !== undefined || Object.keys(json).length > 0))
    context.addIssue('can look for no text or json in the answer to head, which has no body');
  return { method: method.toUpperCase(), url, headers, body, status: [status].flat(), text, json, latency, within };
});
