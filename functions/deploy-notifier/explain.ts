import { Upstream } from '#shared/handlers/errors.ts';
import type { Notice } from './decide.ts';

interface Refusal {
  readonly error: string;
  /** The scope that is missing. */
  readonly needed?: string | undefined;
  readonly errors?: readonly string[] | undefined;
}

/** What a person has to do so that a retry, or the redrive of the failure queue, succeeds. */
const remedyOf = ({ error, needed }: Refusal, { channel, team }: Notice, tokenName: string): string | undefined => {
  switch (error) {
    case 'channel_not_found':
    case 'not_in_channel':
      return `invite the app to ${channel}, or correct teams.${team}.slack in fairlead.yaml`;
    case 'is_archived':
      return `unarchive ${channel}, or name another channel in teams.${team}.slack in fairlead.yaml`;
    case 'invalid_auth':
    case 'not_authed':
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return `set the bot's token: aws ssm put-parameter --overwrite --type SecureString --name ${tokenName} --value xoxb-…`;
    case 'missing_scope':
      return `give the app the scope ${needed ?? 'that the method needs'} and install it again`;
    case 'ratelimited':
      return 'nothing, it is retried';
    default:
      return undefined;
  }
};

/** Slack's refusal as the error that it is: of the world around us, or of ours. */
export const explain = (method: string, notice: Notice, refusal: Refusal, tokenName: string, cause: unknown): Error => {
  const what = `Slack answered ${refusal.error} to ${method} for ${notice.channel} about ${notice.service}`;
  const remedy = remedyOf(refusal, notice, tokenName);
  if (remedy !== undefined) return new Upstream(`${what}: ${remedy}.`, { cause });
  return new Error([what, ...(refusal.errors ?? [])].join('; '), { cause });
};
