import { randomUUID } from 'node:crypto';
import type { Caller } from '../../lambda/environments.ts';
import type { Model } from '../../template/model.ts';
import type { AwsCall, Reply } from './call.ts';

const xml = (status: number, body: string): Reply => ({ status, headers: { 'content-type': 'text/xml' }, body });

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The ARN of who calls: a function by its role, everybody else as a user. */
export const identityOf = (caller: Caller | undefined, { partition, account }: Model): string =>
  caller === undefined
    ? `arn:${partition}:iam::${account}:user/local`
    : `arn:${partition}:sts::${account}:assumed-role/${caller.function.role.name}/${caller.function.name}`;

const result = (caller: Caller | undefined, model: Model): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
  `<Arn>${escaped(identityOf(caller, model))}</Arn><UserId>LOCAL</UserId><Account>${model.account}</Account>` +
  `</GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>` +
  `</GetCallerIdentityResponse>`;

/** A call of STS, the one service here that speaks the query protocol, or undefined if the request is none. */
export const readStsCall = (body: string, caller: Caller | undefined, model: Model): AwsCall | undefined => {
  const action = new URLSearchParams(body).get('Action');
  if (action === null) return undefined;
  const refuse: AwsCall['refuse'] = (code, message, status) =>
    xml(
      status,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
    );
  return {
    service: 'sts',
    action,
    input: {},
    needed: [],
    refuse,
    run: async () =>
      action === 'GetCallerIdentity'
        ? xml(200, result(caller, model))
        : refuse('InvalidAction', `${action} is not known here`, 400),
  };
};
