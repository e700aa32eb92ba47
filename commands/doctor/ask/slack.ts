import { type Check, check } from '../checks.ts';
import { judgeSlack } from '../judge/slack.ts';
import { lookAtSlack } from '../look/slack.ts';
import type { Known } from '../world.ts';

export const slackChecks = ({ present, prefix, slackApi: api, stored }: Known): Check[] => {
  const token = stored?.get('slack/token')?.value;
  if (token === undefined) return []; // which is a finding among the secrets
  return [
    check(
      'slack',
      `Slack at ${api}`,
      (signal) => lookAtSlack({ api, token, signal }),
      (facts) => judgeSlack(Object.values(present.config.teams), prefix, facts),
    ),
  ];
};
