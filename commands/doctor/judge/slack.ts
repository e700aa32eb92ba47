import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, advised, unknown } = findingsIn('slack');

/** What deploy-notifier asks Slack for, and why. */
const scopes = [
  { scope: 'chat:write', severity: 'error', why: 'to post and to update' },
  { scope: 'channels:read', severity: 'warning', why: 'to find a public channel by its name' },
  { scope: 'channels:history', severity: 'warning', why: 'to find its own message again after a crash' },
  { scope: 'groups:read', severity: 'warning', why: 'to find a private channel by its name' },
  { scope: 'groups:history', severity: 'warning', why: 'to find its own message again in a private channel' },
] as const;

const appSettings = 'api.slack.com/apps: OAuth & Permissions';

export interface SlackFacts {
  /** Who the token is, or why it is nobody. */
  readonly auth: { readonly user: string; readonly team: string } | { readonly error: string };
  /** Undefined where Slack did not say. */
  readonly scopes?: readonly string[] | undefined;
  /** What the token sees, or why it sees nothing. */
  readonly channels:
    | readonly { readonly id: string; readonly name: string; readonly member: boolean; readonly archived: boolean }[]
    | { readonly error: string };
}

interface Team {
  readonly name: string;
  /** The channel's name or id. */
  readonly slack: string;
}

const judgeScopes = (granted: readonly string[]): Finding[] =>
  scopes
    .filter(({ scope }) => !granted.includes(scope))
    .map(({ scope, severity, why }) =>
      (severity === 'error' ? missing : advised)(
        `the token has not the scope ${scope} (${why})`,
        `${appSettings}: add the bot token scope ${scope}, and install the app again.`,
      ),
    );

const judgeChannel = (team: Team, user: string, facts: SlackFacts): Finding => {
  const { channels } = facts;
  const isPublicWriter = facts.scopes?.includes('chat:write.public') ?? false;
  if ('error' in channels)
    return unknown(
      `whether team ${team.name}'s channel ${team.slack} is there: Slack says ${channels.error}`,
      `In the channel: /invite @${user}`,
    );
  const wanted = team.slack.replace(/^#/, '');
  const channel = channels.find(({ id, name }) => id === wanted || name === wanted);
  if (channel === undefined)
    return missing(
      `team ${team.name}'s channel ${team.slack} does not exist, or is private and without the bot`,
      `Correct teams.${team.name}.slack; in a private channel: /invite @${user}`,
    );
  if (channel.archived)
    return missing(`team ${team.name}'s channel ${team.slack} is archived`, `Name another: teams.${team.name}.slack`);
  if (channel.member) return ok(`the bot is in ${team.slack}, of team ${team.name}`);
  return (isPublicWriter ? advised : missing)(
    `the bot is not in ${team.slack}, of team ${team.name}`,
    `In the channel: /invite @${user}`,
  );
};

export const judgeSlack = (teams: readonly Team[], prefix: string, facts: SlackFacts): Finding[] => {
  const { auth } = facts;
  if ('error' in auth)
    return [
      missing(
        `Slack does not take ${prefix}/slack/token: ${auth.error}`,
        `${appSettings}: put the Bot User OAuth Token (xoxb-…) into ${prefix}/slack/token.`,
      ),
    ];
  return [
    ok(`the token is ${auth.user}, in ${auth.team}`),
    ...(facts.scopes === undefined
      ? [unknown('Slack did not say which scopes the token has', appSettings)]
      : judgeScopes(facts.scopes)),
    ...teams.map((team) => judgeChannel(team, auth.user, facts)),
  ];
};
