import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';

/** The alarms of a stage that fire. */
export const lookAtAlarms = async (client: CloudWatchClient, prefix: string, signal: AbortSignal) => {
  const firing: { name: string; reason: string }[] = [];
  const asked = { AlarmNamePrefix: prefix, StateValue: 'ALARM' } as const;
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, asked)) {
    signal.throwIfAborted();
    for (const { AlarmName = '', StateReason = '' } of MetricAlarms)
      firing.push({ name: AlarmName, reason: StateReason });
  }
  return firing;
};
