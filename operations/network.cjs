// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in

/** Who asks what may be reachable from inside a network only: Argo CD, and the services themselves. */
const inside = [
  { logicalId: 'ArgocdDashsyncLambdaFunction', role: 'ArgocdSyncRole' },
  { logicalId: 'SmokeDashtestLambdaFunction', role: 'SmokeTestRole' },
];

const listOf = (param, text, prefix) => {
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const wrong = ids.find((id) => !new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(id));
  if (wrong === undefined) return ids;
  throw new Error(
    `--param="${param}=…": "${wrong}" is no id such as ${prefix}-0a1b2c3d4e5f67890; put commas between them.`,
  );
};

/** Lambda makes and removes network interfaces by the function's role. Their ids are not known before, and looking has no resource. */
const statements = [
  {
    Effect: 'Allow',
    Action: [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*' },
  },
  { Effect: 'Allow', Action: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], Resource: '*' },
];

/** Nothing, or both functions inside the user's network and what their roles need for it, before the functions are made. */
module.exports = async ({ resolveVariable }) => {
  const subnets = listOf('vpcSubnetIds', await resolveVariable('param:vpcSubnetIds'), 'subnet');
  const groups = listOf('vpcSecurityGroupIds', await resolveVariable('param:vpcSecurityGroupIds'), 'sg');
  if ((subnets.length === 0) !== (groups.length === 0))
    throw new Error('A network needs both: --param="vpcSubnetIds=subnet-…" and --param="vpcSecurityGroupIds=sg-…".');
  if (subnets.length === 0) return {};
  return {
    Resources: {
      NetworkPolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'network',
          Roles: inside.map(({ role }) => ({ Ref: role })),
          PolicyDocument: { Version: '2012-10-17', Statement: statements },
        },
      },
    },
    extensions: Object.fromEntries(
      inside.map(({ logicalId }) => [
        logicalId,
        {
          Properties: { VpcConfig: { SubnetIds: subnets, SecurityGroupIds: groups } },
          DependsOn: ['NetworkPolicy'],
        },
      ]),
    ),
  };
};
