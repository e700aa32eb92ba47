import { DescribeTableCommand, type DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';

/** Its status; undefined where there is no such table. */
export const lookAtTable = async (client: DynamoDBClient, name: string, signal: AbortSignal) => {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }), { abortSignal: signal });
    return Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};
