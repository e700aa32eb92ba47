import type { Stage } from '../aws/connect.ts';
import type { Plan, Wish } from '../decide/plan.ts';
import { Failure } from '../failure.ts';
import { type TargetFacts, targetsOf } from '../place/facts.ts';
import { commandLine, type Place, plain } from '../words.ts';
import { confirm } from './confirm.ts';
import { type Session, say } from './session.ts';
import { unknownPlace } from './unknown-place.ts';

/** What was typed of a command that acts. */
interface Acting extends Place {
  readonly target?: string | undefined;
  readonly why?: string | undefined;
  readonly actor?: string | undefined;
  readonly yes: boolean;
}

const choose = (targets: readonly TargetFacts[], { target, service, environment }: Acting): TargetFacts | undefined => {
  const names = targets.map((one) => one.target).join(', ');
  if (target !== undefined) {
    const found = targets.find((one) => one.target === target);
    if (found === undefined && targets.length > 0) {
      throw new Failure(`${service} has no image ${target} in ${environment}. There are: ${names}.`);
    }
    return found;
  }
  if (targets.length > 1) {
    throw new Failure(
      `${service} has several images in ${environment}. Which one? --target ${names.replaceAll(', ', ' | ')}`,
    );
  }
  return targets[0];
};

/** Reads the facts, says what will be done, asks, and puts the one event that does it on the bus. */
export const act = async (
  wanted: Acting,
  session: Session,
  open: () => Promise<Stage>,
  decide: (facts: TargetFacts, wish: Wish) => Plan,
): Promise<number> => {
  const { service, environment, stage: name, why, yes } = wanted;
  const place: Place = { service, environment, stage: name };
  if (!yes && !session.stdin.isTTY) {
    throw new Failure('Nobody can be asked here, for there is no terminal. Add --yes if it shall be done unasked.', {
      code: 2,
    });
  }
  const stage = await open();
  const targets = targetsOf(await stage.history(service, environment));
  const facts = choose(targets, wanted);
  if (facts === undefined) throw await unknownPlace(place, stage);

  const actor = { name: plain(wanted.actor ?? (await stage.caller())).slice(0, 100), by: 'command' };
  const plan = decide(facts, { place, several: targets.length > 1, actor, why, now: Date.now() });
  say(session.stdout, ...plan.says);
  if (plan.plan !== 'act') return plan.plan === 'settled' ? 0 : 1;

  if (!yes && !(await confirm(`Do it, as ${actor.name}?`, session))) {
    say(session.stdout, 'Nothing was done.');
    return 1;
  }
  await stage.publish(plan.event);
  say(
    session.stdout,
    `${plan.event.id} is on the bus ${stage.bus}.`,
    `To follow it: ${commandLine('status', place)}`,
    ...plan.next,
  );
  return 0;
};
