import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as z from 'zod';
import { imageCommitted } from '#events/images.ts';
import type { ConfigSource } from '#shared/config/config.ts';
import { fromBus } from '#shared/handlers/consumed.ts';
import { onEvent } from '#shared/handlers/on-event.ts';
import { onWebhook } from '#shared/handlers/on-webhook.ts';
import type { Runtime } from '#shared/handlers/runtime.ts';
import { takeCommit, takeObservation } from './join.ts';
import type { Records } from './records.ts';
import { createVerification, type ReadTokens } from './token.ts';
import { translate } from './translate.ts';

const mostBytes = 256 * 1024;

interface Dependencies {
  readonly runtime: Runtime;
  readonly config: ConfigSource;
  readonly readTokens: ReadTokens;
  readonly records: Records;
}

const requestSchema = z.object({ requestContext: z.object({ http: z.object({ method: z.string() }) }) });

const isRequest = (input: unknown): input is APIGatewayProxyEventV2 => requestSchema.safeParse(input).success;

/** The two sides of the join: what Argo CD observed comes by HTTP, what Git was asked by the bus. */
export const createHandler = ({ runtime, config, readTokens, records }: Dependencies) => {
  const onNotification = onWebhook(
    runtime,
    {
      mostBytes,
      verify: createVerification(config, readTokens),
      parse: ({ path, body }) => translate(path.name ?? '', body),
    },
    async function* (observation) {
      return yield* takeObservation(records, await config(), observation);
    },
  );

  const onCommit = onEvent(runtime, fromBus(imageCommitted), async function* (commit) {
    return yield* takeCommit(records, await config(), commit);
  });

  return (input: unknown, context: Context) =>
    isRequest(input) ? onNotification(input, context) : onCommit(input, context);
};
