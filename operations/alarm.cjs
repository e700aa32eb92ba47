/** One metric, with its dimensions. */
const metric = (namespace, name, dimensions, stat = 'Sum') => ({ namespace, name, dimensions, stat });

/** Of Lambda itself, about one function. */
const ofLambda = (stage, name, functionName) =>
  metric('AWS/Lambda', name, { FunctionName: `fairlead-${stage}-${functionName}` });

/** Of our own code, as shared/handlers counts it. */
const ofOurs = (stage, name, service) => metric('Fairlead', name, { service, stage });

const inPascalCase = (name) => name.replaceAll(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());

const withExpression = (expression) =>
  expression === undefined ? [] : [{ Id: 'all', Label: 'all', Expression: expression, ReturnData: true }];

/**
 * An alarm as CloudFormation has it. It says in its description which section of docs/operations.md is about it; what is not
 * there is not wrong, because most of these metrics exist only once there is something to count.
 */
const alarm = ({
  stage,
  name,
  about,
  says,
  metrics,
  expression,
  most,
  seconds,
  periods = 1,
  of = periods,
  actions,
}) => [
  `${inPascalCase(name)}Alarm`,
  {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `fairlead-${stage}-${name}`,
      AlarmDescription: `${says} docs/operations.md#${about ?? name}`,
      Metrics: [
        ...metrics.map(({ namespace, name: metricName, dimensions, stat }, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: namespace,
              MetricName: metricName,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: seconds,
            Stat: stat,
          },
          ReturnData: expression === undefined,
        })),
        ...withExpression(expression),
      ],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: most,
      EvaluationPeriods: of,
      DatapointsToAlarm: periods,
      TreatMissingData: 'notBreaching',
      ...(actions.length > 0 && { AlarmActions: actions, OKActions: actions }),
    },
  },
];

/** Over all metrics of an alarm, of which there may be ten. */
const sum = 'SUM(FILL(METRICS(), 0))';
const highest = 'MAX(FILL(METRICS(), 0))';

module.exports = { alarm, metric, ofLambda, ofOurs, sum, highest };
