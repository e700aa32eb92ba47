const { alarm, metric, ofLambda, ofOurs, sum, highest } = require('./alarm.cjs');
const readFunctions = require('./functions.cjs');

/** SQS drops what lies in a queue for 14 days. */
const tenDays = 10 * 24 * 3600;

const queue = (stage, name, metricName) =>
  metric('AWS/SQS', metricName, { QueueName: `fairlead-${stage}-${name}` }, 'Maximum');

/** What throttles a table or an index: `ReadThrottleEvents` and `WriteThrottleEvents`. */
const throttled = (stage, table, which, index) =>
  metric('AWS/DynamoDB', `${which}ThrottleEvents`, {
    TableName: `fairlead-${stage}-${table}`,
    ...(index && { GlobalSecondaryIndexName: index }),
  });

const ofStage = (stage, functions) => [
  {
    name: 'dead-letters',
    says: 'Something was given up and lies in the failure queue.',
    metrics: [queue(stage, 'failures', 'ApproximateNumberOfMessagesVisible')],
    most: 0,
    seconds: 60,
  },
  {
    name: 'failures-expiring',
    says: 'What lies in the failure queue is gone in four days.',
    metrics: [queue(stage, 'failures', 'ApproximateAgeOfOldestMessage')],
    most: tenDays,
    seconds: 300,
  },
  {
    name: 'requests-waiting',
    says: 'A requested image has waited for ten minutes to be written to Git.',
    metrics: [queue(stage, 'image-requests', 'ApproximateAgeOfOldestMessage')],
    most: 600,
    seconds: 60,
    periods: 3,
  },
  {
    name: 'webhooks-unauthenticated',
    says: 'Webhooks were answered with 401: a secret differs, or somebody tries.',
    metrics: functions
      .filter(({ takesWebhooks }) => takesWebhooks)
      .map(({ name }) => ofOurs(stage, 'Unauthenticated', name)),
    expression: sum,
    most: 2,
    seconds: 900,
  },
  {
    name: 'secret-missing',
    says: 'A function asked for a secret that is not set.',
    metrics: [
      'github-webhook',
      'image-tag-updater',
      'argocd-sync',
      'argocd-webhook',
      'deploy-notifier',
      'reconciler',
    ].map((name) => ofOurs(stage, 'SecretMissing', name)),
    expression: sum,
    most: 0,
    seconds: 300,
  },
  {
    // The same object counts for all that read it, and one of these runs at every event.
    name: 'configuration-not-taken',
    says: 'What is published as configuration cannot be read, or is wrong.',
    metrics: ['event-log', 'argocd-webhook', 'image-policy', 'image-tag-updater'].map((name) =>
      ofOurs(stage, 'ConfigNotTaken', name),
    ),
    expression: sum,
    most: 0,
    seconds: 300,
  },
  {
    name: 'table-throttled',
    says: 'DynamoDB throttles a table or an index.',
    metrics: [
      throttled(stage, 'deliveries', 'Read'),
      throttled(stage, 'deliveries', 'Write'),
      throttled(stage, 'deliveries', 'Write', 'by-place'),
      throttled(stage, 'deliveries', 'Write', 'by-subject'),
      throttled(stage, 'deliveries', 'Read', 'by-subject'),
      throttled(stage, 'idempotency', 'Read'),
      throttled(stage, 'idempotency', 'Write'),
    ],
    expression: sum,
    most: 10,
    seconds: 300,
    periods: 2,
    of: 3,
  },
];

const ofFunction = (stage, { name, rules, hasDestination }) => [
  {
    // Lambda counts what crashed or ran out of time, we what was thrown or answered with 5xx: often the same.
    name: `errors-${name}`,
    about: 'errors',
    says: `${name} has failed in every five minutes for a quarter of an hour.`,
    metrics: [ofLambda(stage, 'Errors', name), ofOurs(stage, 'Failed', name)],
    expression: highest,
    most: 0,
    seconds: 300,
    periods: 3,
  },
  {
    name: `throttles-${name}`,
    about: 'throttles',
    says: `Lambda does not let ${name} run as often as it is asked to.`,
    metrics: [ofLambda(stage, 'Throttles', name)],
    most: 0,
    seconds: 300,
    periods: 2,
    of: 3,
  },
  {
    name: `lost-${name}`,
    about: 'lost',
    says: `An event for ${name} is gone: not even the failure queue took it.`,
    metrics: [
      ...rules.map((rule) => metric('AWS/Events', 'InvocationsFailedToBeSentToDlq', rule)),
      ...(hasDestination ? [ofLambda(stage, 'DestinationDeliveryFailures', name)] : []),
    ],
    expression: sum,
    most: 0,
    seconds: 300,
  },
];

/** A topic of our own with one subscriber, if there is an address. */
const topicFor = (stage, email) =>
  email === ''
    ? {}
    : {
        AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `fairlead-${stage}-alarms` } },
        AlarmEmail: {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: email },
        },
      };

/** All alarms of a stage. Without `alarmEmail` and `alarmTopicArn` nobody is told, but the dashboard shows them. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  const email = await resolveVariable('param:alarmEmail');
  const topicArn = await resolveVariable('param:alarmTopicArn');
  const actions = [...(email === '' ? [] : [{ Ref: 'AlarmTopic' }]), ...(topicArn === '' ? [] : [topicArn])];
  const functions = readFunctions(stage);
  const alarms = [...ofStage(stage, functions), ...functions.flatMap((one) => ofFunction(stage, one))]
    .filter(({ metrics }) => metrics.length > 0)
    .map((one) => alarm({ ...one, stage, actions }));
  return { Resources: { ...Object.fromEntries(alarms), ...topicFor(stage, email) } };
};
