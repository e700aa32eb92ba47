// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in

/** Nothing, or the accounts that may put events of these two services on the default bus, and no others. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  const accounts = String(await resolveVariable('param:forwardingAccounts'))
    .split(',')
    .map((account) => account.trim())
    .filter((account) => account !== '');
  const wrong = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrong !== undefined)
    throw new Error(
      `--param="forwardingAccounts=…": "${wrong}" is no account such as "444455556666"; put commas between them, and quotes around it in YAML.`,
    );
  if (accounts.length === 0) return {};
  return {
    Resources: {
      ForwardingPolicy: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: {
          EventBusName: 'default', // where the rules for AWS's own events are
          StatementId: `fairlead-${stage}-forwarding`,
          Statement: {
            Effect: 'Allow',
            Principal: {
              AWS: accounts.map((account) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root` })),
            },
            Action: 'events:PutEvents',
            Resource: {
              'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default',
            },
            Condition: { StringEquals: { 'events:source': ['aws.ecr', 'aws.codepipeline'] } },
          },
        },
      },
    },
  };
};
