import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { AnyEvent } from '#events/event.ts';
import { createDeliveries, type Deliveries } from '#shared/deliveries/deliveries.ts';
import type { DeploymentChange } from '#shared/deliveries/deployment.ts';
import { startDynamodb } from '../shared/dynamodb.ts';
import { startFakeEventBridge } from '../shared/fake-event-bridge.ts';
import { recordOf, type Where } from './delivered.ts';

const root = join(import.meta.dirname, '../..');

export const stage = 'test';

/** STS on loopback: everybody is a role's session, or is not known. */
const startFakeSts = async () => {
  let known = true;
  const server = createServer(async (request, response) => {
    if (!(await text(request)).includes('Action=GetCallerIdentity')) throw new Error('fake: only GetCallerIdentity');
    const body = known
      ? `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
           <Arn>arn:aws:sts::111122223333:assumed-role/Deployers/mona@acme.dev</Arn><UserId>A:mona</UserId><Account>111122223333</Account>
         </GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
      : '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token is invalid</Message></Error></ErrorResponse>';
    response.writeHead(known ? 200 : 403, { 'content-type': 'text/xml' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    endpoint: `http://127.0.0.1:${port}`,
    knowsNobody: (): void => {
      known = false;
    },
    reset: (): void => {
      known = true;
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const urlOf = ({ protocol, hostname, port }: { protocol: string; hostname: string; port?: number | undefined }) =>
  `${protocol}//${hostname}:${port}`;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Typed {
  /** What the program has said when it is typed; else it is typed at once. */
  readonly after?: RegExp;
  readonly input: string;
}

/** Runs a program to its end. */
const runProgram = async (
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { after, input }: Typed,
): Promise<Ran> => {
  const child = spawn(program, args, { cwd: root, env, stdio: 'pipe' });
  let heard = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    heard += piece;
    if (after?.test(heard) && !child.stdin.writableEnded) child.stdin.end(input);
  });
  if (after === undefined) child.stdin.end(input);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, stdout: heard, stderr };
};

/** The services that the commands reach, and the commands themselves as processes. */
export const startWorld = async () => {
  const dynamodb = await startDynamodb('DeliveriesTable');
  const eventBridge = await startFakeEventBridge();
  const sts = await startFakeSts();
  const home = await mkdtemp(join(tmpdir(), 'commands-test-'));
  const deliveriesOf = async (table: string): Promise<Deliveries> => {
    const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName: 'DeliveriesTable' }));
    await dynamodb.client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: Table?.AttributeDefinitions,
        KeySchema: Table?.KeySchema,
        GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }),
    );
    return createDeliveries(DynamoDBDocumentClient.from(dynamodb.client), table);
  };
  const deliveries = await deliveriesOf(`fairlead-${stage}-deliveries`);

  const record = async (events: readonly AnyEvent[], where: Where): Promise<void> => {
    const { service = 'checkout', environment = 'staging', target = 'app' } = where;
    for (const [fact, image] of Object.entries(recordOf(events, where))) {
      if (image === undefined) continue;
      const change: DeploymentChange = {
        service,
        environment,
        target,
        fact: z.enum(['asked', 'deployed', 'verified']).parse(fact),
        image,
      };
      await deliveries.record(change);
    }
  };

  /** No AWS configuration of the machine's gets in. */
  const nothing = {
    PATH: process.env.PATH,
    HOME: home,
    // Each command is a process of its own, and most of its time would go into reading the same modules again.
    NODE_COMPILE_CACHE: join(home, 'compiled'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const env: NodeJS.ProcessEnv = {
    ...nothing,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(await dynamodb.client.config.endpoint!()),
    AWS_ENDPOINT_URL_EVENTBRIDGE: urlOf(await eventBridge.client.config.endpoint!()),
    AWS_ENDPOINT_URL_STS: sts.endpoint,
  };

  return {
    eventBridge,
    sts,
    nothing,
    env,
    deliveries,
    /** Logs events as event-log does. */
    happened: async (events: readonly AnyEvent[], where: Where = {}): Promise<void> => {
      for (const event of events) await deliveries.append(event);
      await record(events, where);
    },
    command: (name: string, args: readonly string[], more: { env?: NodeJS.ProcessEnv; input?: string } = {}) =>
      runProgram(process.execPath, [join(root, `commands/${name}.ts`), ...args], more.env ?? env, {
        input: more.input ?? '',
      }),
    /** The same with a terminal of its own, where a person types when asked. */
    atTerminal: (name: string, args: readonly string[], input: string) => {
      const line = [process.execPath, join(root, `commands/${name}.ts`), ...args].map((word) => `'${word}'`).join(' ');
      const typed = { after: /\[y\/N\]/, input };
      return runProgram('script', ['-qec', line, '/dev/null'], { ...env, TERM: 'dumb' }, typed);
    },
    close: async (): Promise<void> => {
      await dynamodb.close();
      await eventBridge.close();
      await sts.close();
      await rm(home, { recursive: true, force: true });
    },
  };
};

export type World = Awaited<ReturnType<typeof startWorld>>;
