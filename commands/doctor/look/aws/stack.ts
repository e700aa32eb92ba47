import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** The URL of the HTTP API in a stack's outputs, under the Serverless Framework's name for it. */
export const lookAtApi = async (client: CloudFormationClient, stack: string, signal: AbortSignal) => {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }), { abortSignal: signal });
  return Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'HttpApiUrl')?.OutputValue;
};
