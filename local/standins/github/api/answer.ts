import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What GitHub's API answers: a status, and JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const documentation = 'https://docs.github.com/rest';

/** A refusal in GitHub's form. */
export const refused = (status: number, message: string, errors?: readonly object[]): Answer => ({
  status,
  body: { message, ...(errors && { errors }), documentation_url: documentation, status: String(status) },
});

/** What GitHub says of a body whose fields are wrong, or of a wish that can't be granted. */
export const invalid = (...errors: readonly object[]): Answer => refused(422, 'Validation Failed', errors);

/** GitHub does not say whether something is there to who may not see it. */
export const notFound = refused(404, 'Not Found');

export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const body = await text(request);
  return body === '' ? {} : JSON.parse(body);
};

export const send = (response: ServerResponse, { status, body, headers }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
