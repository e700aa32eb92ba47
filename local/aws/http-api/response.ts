import * as z from 'zod';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string | Buffer;
}

const structured = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

const hasStatusCode = z.looseObject({ statusCode: z.unknown().refine((status) => status !== undefined) });

/** An answer of API Gateway's own. */
export const gatewayResponse = (status: number, message: string): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  cookies: [],
  body: JSON.stringify({ message }),
});

const withDefaultType = (headers: Record<string, string>): Record<string, string> => {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { 'content-type': 'text/plain;charset=utf-8', ...lowered };
};

/**
 * What API Gateway makes of a function's answer. One without a status code is itself the body of a 200; one that is
 * malformed is an internal error.
 */
export const toResponse = (payload: string): ApiResponse => {
  const answer: unknown = JSON.parse(payload);
  if (!hasStatusCode.safeParse(answer).success) {
    const body = typeof answer === 'string' ? answer : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const parsed = structured.safeParse(answer);
  if (!parsed.success) return gatewayResponse(500, 'Internal Server Error');
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const content = isBase64Encoded ? Buffer.from(body, 'base64') : body;
  return { status: statusCode, headers: withDefaultType(headers), cookies, body: content };
};
