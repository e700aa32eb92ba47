import { app, asSlack, postMessage, updateMessage } from './chat.ts';
import { history, list, replies } from './conversations.ts';
import { refuse } from './refusal.ts';
import type { Arguments } from './request.ts';
import { latestVersion, type Message, type Workspace } from './workspace.ts';

type Method = (given: Arguments) => Record<string, unknown>;

/** The methods of Slack's Web API that are known here, by name. `changed` hears of every post and update. */
export const createMethods = (
  workspace: Workspace,
  now: () => number,
  changed: (what: 'posted' | 'updated', message: Message) => void,
): ((method: string) => Method) => {
  const methods: Readonly<Record<string, Method>> = {
    'auth.test': () => ({
      url: 'https://standin.slack.com/',
      team: 'Stand-in',
      user: 'fairlead',
      team_id: app.team,
      user_id: app.user,
      bot_id: app.bot_id,
    }),
    'chat.postMessage': (given) => {
      const message = postMessage(workspace, given);
      changed('posted', message);
      return { channel: message.channel.id, ts: message.ts, message: asSlack(message) };
    },
    'chat.update': (given) => {
      const message = updateMessage(workspace, given, now);
      changed('updated', message);
      const { id } = message.channel;
      return { channel: id, ts: message.ts, text: latestVersion(message).text, message: asSlack(message) };
    },
    'conversations.history': (given) => history(workspace, given),
    'conversations.replies': (given) => replies(workspace, given),
    'conversations.list': (given) => list(workspace, given),
  };
  return (name) => methods[name] ?? refuse('unknown_method', { req_method: name });
};
