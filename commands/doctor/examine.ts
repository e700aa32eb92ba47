import { explain } from '../aws/explain.ts';
import { Failure } from '../failure.ts';
import { argocdChecks } from './ask/argocd.ts';
import { awsChecks } from './ask/aws.ts';
import { githubChecks } from './ask/github.ts';
import { gitopsChecks } from './ask/gitops.ts';
import { slackChecks } from './ask/slack.ts';
import { webhookChecks } from './ask/webhooks.ts';
import { check, performAll } from './checks.ts';
import { type Finding, findingsIn } from './finding.ts';
import { judgeConfiguration } from './judge/configuration.ts';
import { judgeSecrets, namesOf, type Stored, wantedSecrets } from './judge/secrets.ts';
import { judgeApi, judgeCaller } from './judge/stack.ts';
import { lookAtCaller } from './look/aws/caller.ts';
import { readParameters } from './look/aws/parameters.ts';
import { lookAtApi } from './look/aws/stack.ts';
import type { World } from './world.ts';

/** Without an account nothing of the rest can be told. */
const account = async ({ clients, stage, local, environment }: World): Promise<Finding[]> => {
  try {
    return judgeCaller(await lookAtCaller(clients.sts));
  } catch (error) {
    const where = { stage, endpoint: local?.endpoint ?? environment.AWS_ENDPOINT_URL };
    const known = explain(error, where);
    if (!(known instanceof Failure)) throw error;
    return [findingsIn('aws').missing('AWS does not answer, so that nothing else can be told', known.message)];
  }
};

/** Everything that is found out about a stage. Secrets and the API's address come first: much else is asked with them. */
export const examine = async (world: World): Promise<Finding[]> => {
  const { clients, stage, prefix, present } = world;
  const caller = await account(world);
  if (caller.some(({ state }) => state === 'missing')) return caller;

  const wanted = wantedSecrets(present.config);
  let stored: Stored | undefined;
  let { api } = world;
  const stack = `fairlead-${stage}`;
  const first = await performAll([
    check(
      'secrets',
      `the parameters below ${prefix}`,
      async (signal) => {
        stored = await readParameters(clients.ssm, prefix, namesOf(wanted), signal);
        return stored;
      },
      (found) => judgeSecrets(wanted, found, prefix, Date.now()),
    ),
    check(
      'stack',
      `the address of the HTTP API (--api <url> tells it), from the outputs of ${stack}`,
      async (signal) => {
        api ??= await lookAtApi(clients.cloudFormation, stack, signal);
        return api;
      },
      (url) => judgeApi(stack, stage, url),
    ),
  ]);
  const known = { ...world, api, stored };
  const rest = await performAll(
    [awsChecks, webhookChecks, githubChecks, gitopsChecks, argocdChecks, slackChecks].flatMap((checksOf) =>
      checksOf(known),
    ),
  );
  return [...caller, ...judgeConfiguration(present.config, stage), ...first, ...rest];
};
