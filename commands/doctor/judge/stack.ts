import * as z from 'zod';
import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing } = findingsIn('stack');
const failures = findingsIn('failures');
const alarms = findingsIn('alarms');

const deploy = (stage: string): string =>
  `npx serverless deploy --stage ${stage} --param="config=<your fairlead.yaml>", in this account and region`;

export const judgeCaller = (caller: { readonly account: string; readonly name: string }): Finding[] => [
  findingsIn('aws').ok(`account ${caller.account}, as ${caller.name}`),
];

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]).catch([]),
});
const policySchema = z.object({ Statement: z.array(statementSchema) });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A policy that denies publishing denies it to our functions, too, whatever their roles allow. */
const deniesPublishing = (policy: string): boolean =>
  policySchema
    .safeParse(parse(policy))
    .data?.Statement.some(
      ({ Effect, Action }) =>
        Effect === 'Deny' && Action.some((action) => ['*', 'events:*', 'events:PutEvents'].includes(action)),
    ) ?? false;

/** A bus, with its resource policy if it has one; undefined where there is none. */
export const judgeBus = (name: string, stage: string, bus: { readonly policy?: string | undefined } | undefined) => {
  if (bus === undefined) return [missing(`there is no event bus ${name}`, deploy(stage))];
  if (bus.policy !== undefined && deniesPublishing(bus.policy))
    return [
      missing(
        `the policy of the event bus ${name} denies events:PutEvents`,
        `Take the statement out: aws events describe-event-bus --name ${name}`,
      ),
    ];
  return [ok(`the event bus ${name} is there`)];
};

export const judgeTable = (name: string, stage: string, status: string | undefined): Finding[] => {
  if (status === undefined) return [missing(`there is no table ${name}`, deploy(stage))];
  if (status === 'ACTIVE' || status === 'UPDATING') return [ok(`the table ${name} is there`)];
  return [missing(`the table ${name} is ${status}`, `aws dynamodb describe-table --table-name ${name}`)];
};

/** How many messages wait in the failure queue; undefined where there is none. */
export const judgeFailures = (name: string, stage: string, waiting: number | undefined): Finding[] => {
  if (waiting === undefined) return [missing(`there is no failure queue ${name}`, deploy(stage))];
  if (waiting === 0) return [failures.ok(`nothing lies in ${name}`)];
  return [
    failures.advised(
      `about ${waiting} ${waiting === 1 ? 'message lies' : 'messages lie'} in ${name}: what could not be delivered or handled`,
      `Mend the cause, which each message names, and send them again: npm run redrive -- --stage ${stage} --dry-run`,
    ),
  ];
};

/** The URL of the HTTP API; undefined where the stack's outputs have none. */
export const judgeApi = (stack: string, stage: string, url: string | undefined): Finding[] =>
  url === undefined
    ? [missing(`the stack ${stack} has no HTTP API among its outputs`, deploy(stage))]
    : [ok(`the HTTP API is ${url}`)];

interface Alarm {
  readonly name: string;
  readonly reason: string;
}

export const judgeAlarms = (firing: readonly Alarm[]): Finding[] =>
  firing.length === 0
    ? [alarms.ok('no alarm of the stage fires')]
    : firing.map(({ name, reason }) =>
        alarms.advised(`${name} fires: ${reason}`, 'docs/operations.md says what it means, and what to do.'),
      );
