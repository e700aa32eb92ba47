import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { nameInArn } from '../../../aws/caller.ts';

export const lookAtCaller = async (client: STSClient) => {
  const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand());
  return { account: Account, name: nameInArn(Arn) };
};
