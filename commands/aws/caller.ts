import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/** The name in an IAM or STS ARN: the user's, or the session's (where people sign in by SSO, their address). */
export const nameInArn = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);

/** Who AWS says is calling. */
export const awsCaller = async (client: STSClient): Promise<string> => {
  const { Arn = '' } = await client.send(new GetCallerIdentityCommand());
  return nameInArn(Arn);
};

export const osUser = (): string => userInfo().username;
