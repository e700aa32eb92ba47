import { connect, type Stage } from '../aws/connect.ts';
import { Failure } from '../failure.ts';
import { type Command, parseCommand } from './command.ts';
import { type Session, say } from './session.ts';

/** Runs a command. The exit code is 0 if it did what was wanted, 1 if it could or would not, 2 if it was typed wrong. */
export const run = async <Wanted extends { readonly stage: string }>(
  command: Command<Wanted>,
  session: Session,
  perform: (wanted: Wanted, session: Session, open: () => Promise<Stage>) => Promise<number>,
): Promise<number> => {
  try {
    const wanted = parseCommand(command, session.argv.slice(2));
    if (wanted === 'help') {
      say(session.stdout, command.help);
      return 0;
    }
    return await perform(wanted, session, async () => {
      const stage = await connect(wanted.stage, session.env);
      if (stage.local !== undefined) say(session.stderr, `(on the local Fairlead at ${stage.local})`);
      return stage;
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(session.stderr, error.message);
    return error.code;
  }
};
