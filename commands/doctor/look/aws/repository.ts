import { DescribeRepositoriesCommand, type ECRClient, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import type { EcrRepository } from '../../judge/registry.ts';

/** Whether its tags may be pushed again, in ECR's words; undefined where there is no such repository. */
export const lookAtRepository = async (
  client: ECRClient,
  { account, name }: EcrRepository,
  signal: AbortSignal,
): Promise<string | undefined> => {
  try {
    const command = new DescribeRepositoriesCommand({ registryId: account, repositoryNames: [name] });
    const { repositories = [] } = await client.send(command, { abortSignal: signal });
    return repositories[0] && (repositories[0].imageTagMutability ?? 'MUTABLE');
  } catch (error) {
    if (error instanceof RepositoryNotFoundException) return undefined;
    throw error;
  }
};
