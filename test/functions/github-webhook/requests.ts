import { sign } from '@octokit/webhooks-methods';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export const secret = 'current-secret-7b1f';
export const previousSecret = 'previous-secret-a90c';

export interface Sent {
  event: string;
  body: Buffer;
  signature: string;
  contentType?: string;
  base64?: boolean;
  headers?: Record<string, string>;
}

/** A request as API Gateway's HTTP API (payload 2.0) gives it to Lambda. */
export const requestOf = ({ event, body, signature, contentType, base64, headers }: Sent): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: 'POST /webhooks/github',
  rawPath: '/webhooks/github',
  rawQueryString: '',
  headers: {
    accept: '*/*',
    'content-type': contentType ?? 'application/json',
    'user-agent': 'GitHub-Hookshot/044aadd',
    'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    'x-github-event': event,
    'x-hub-signature-256': signature,
    ...headers,
  },
  requestContext: {
    accountId: '111122223333',
    apiId: 'a1b2c3d4e5',
    domainName: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
    domainPrefix: 'a1b2c3d4e5',
    http: {
      method: 'POST',
      path: '/webhooks/github',
      protocol: 'HTTP/1.1',
      sourceIp: '140.82.115.1',
      userAgent: 'GitHub-Hookshot/044aadd',
    },
    requestId: 'LV7fzho-PHcEJPw=',
    routeKey: 'POST /webhooks/github',
    stage: '$default',
    time: '01/Jul/2026:09:00:00 +0000',
    timeEpoch: 1782896400000,
  },
  body: body.toString(base64 ? 'base64' : 'utf8'),
  isBase64Encoded: base64 ?? false,
});

/** A payload, signed as GitHub signs it. */
export const signed = async (
  event: string,
  payload: unknown,
  { by = secret, ...rest }: { by?: string } & Partial<Sent> = {},
): Promise<APIGatewayProxyEventV2> => {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return requestOf({ event, body: Buffer.from(text), signature: await sign(by, text), ...rest });
};
