import {
  DescribeEventBusCommand,
  type EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';

/** Undefined where there is no such bus. */
export const lookAtBus = async (client: EventBridgeClient, name: string, signal: AbortSignal) => {
  try {
    const { Policy } = await client.send(new DescribeEventBusCommand({ Name: name }), { abortSignal: signal });
    return { policy: Policy };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};
