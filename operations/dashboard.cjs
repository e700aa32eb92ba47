const readFunctions = require('./functions.cjs');

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
const region = '${AWS::Region}';

const graph = (title, metrics, { stat = 'Sum', period = 300, stacked = false } = {}) => ({
  type: 'metric',
  width: 12,
  height: 6,
  properties: { title, region, metrics, stat, period, view: 'timeSeries', stacked },
});

/** The graphs of a stage, two in a row. */
const widgets = (stage) => {
  const names = readFunctions(stage).map(({ name }) => name);
  const ofOurs = (metric, services = names) =>
    services.map((service) => ['Fairlead', metric, 'service', service, 'stage', stage, { label: service }]);
  const ofLambda = (metric) =>
    names.map((name) => ['AWS/Lambda', metric, 'FunctionName', `fairlead-${stage}-${name}`, { label: name }]);
  const ofQueue = (metric) =>
    ['image-requests', 'failures'].map((name) => [
      'AWS/SQS',
      metric,
      'QueueName',
      `fairlead-${stage}-${name}`,
      { label: name },
    ]);
  return [
    graph('Events published, by function', ofOurs('Published'), { stacked: true }),
    graph('Nothing to do, by function', ofOurs('Skipped'), { stacked: true }),
    graph('Failures of our code (5xx, retries)', ofOurs('Failed')),
    graph('Failures of Lambda (crashes, time-outs)', ofLambda('Errors')),
    graph('Messages in the queues', ofQueue('ApproximateNumberOfMessagesVisible'), { stat: 'Maximum' }),
    graph('Age of the oldest message, seconds', ofQueue('ApproximateAgeOfOldestMessage'), { stat: 'Maximum' }),
    graph('Image requests returned and set aside', [
      ...ofOurs('Returned', ['image-tag-updater']).map((line) => [...line.slice(0, -1), { label: 'returned' }]),
      ...ofOurs('SetAside', ['image-tag-updater']).map((line) => [...line.slice(0, -1), { label: 'set aside' }]),
    ]),
    graph('Webhooks refused with 401', ofOurs('Unauthenticated', ['github-webhook', 'argocd-webhook'])),
    graph('Duration, 95th percentile, ms', ofLambda('Duration'), { stat: 'p95' }),
    graph('Throttles', ofLambda('Throttles')),
  ].map((widget, index) => ({ ...widget, x: 12 * (index % 2), y: 6 * Math.floor(index / 2) }));
};

/** What goes on, on one page. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: `fairlead-${stage}`,
          DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: widgets(stage) }) },
        },
      },
    },
  };
};
