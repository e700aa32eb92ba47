import type { Stage } from '../aws/connect.ts';
import { Failure } from '../failure.ts';
import { type Command, parseCommand } from './command.ts';
import { type Session, say } from './session.ts';

/** Whoever reads may stop before the end, as `head` does: that is no failure of the command. */
const endWithReader = ({ stdout, stderr }: Session): void => {
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
};

/**
 * Runs a command that needs nothing but this machine. What `perform` gives is the exit code; it is 1 if the command could
 * not do it, 2 if it was typed wrong.
 */
export const runHere = async <Wanted>(
  command: Command<Wanted>,
  session: Session,
  perform: (wanted: Wanted, session: Session) => Promise<number>,
): Promise<number> => {
  endWithReader(session);
  try {
    const wanted = parseCommand(command, session.argv.slice(2));
    if (wanted === 'help') {
      say(session.stdout, command.help);
      return 0;
    }
    return await perform(wanted, session);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(session.stderr, error.message);
    return error.code;
  }
};

/** Runs a command on a stage. The exit code is 0 if it did what was wanted, 1 if it could or would not, 2 if it was typed wrong. */
export const run = <Wanted extends { readonly stage: string }>(
  command: Command<Wanted>,
  session: Session,
  perform: (wanted: Wanted, session: Session, open: () => Promise<Stage>) => Promise<number>,
): Promise<number> =>
  runHere(command, session, (wanted) =>
    perform(wanted, session, async () => {
      const { connect } = await import('../aws/connect.ts'); // the SDK is most of the start-up time
      const stage = await connect(wanted.stage, session.env);
      if (stage.local !== undefined) say(session.stderr, `(on the local Fairlead at ${stage.local})`);
      return stage;
    }),
  );
