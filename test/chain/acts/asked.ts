import { rollbackWithheld } from '#events/holds.ts';
import type { Pushed } from '#local/delivery.ts';
import { type Act, createView, type Stage, type as typed, unless } from './act.ts';
import { places } from './places.ts';

const service = places.asked;

/** `rollback: ask`: the very command is posted, and whoever types it goes back. */
export const asked = (stage: Stage): Act => {
  const view = createView(stage, service);
  let bad: Pushed;
  let before: string | undefined;
  let command: string | undefined;

  return {
    rounds: [
      async () => {
        before = (await view.lock())?.current.tag;
        bad = await stage.push(service, { bad: true });
      },
      async () => {
        command = /npm run rollback -- [^`"\\]*/.exec(view.thread(bad))?.[0];
        if (command !== undefined) await typed(stage, command);
      },
    ],
    problems: async () => {
      const lock = await view.lock();
      const withheld = view.ofChain(bad).filter(rollbackWithheld.is);
      const codes = withheld.map(({ data }) => data.subject.content.code).join();
      return [
        ...unless(codes === 'ask', `was said: ${codes}`),
        ...unless(command === `npm run rollback -- ${service} staging --stage dev`, `Slack says to type ${command}`),
        ...unless(lock?.current.tag === before, `ends with ${lock?.current.tag}, and not with ${before}`),
        ...unless(lock?.holds.at(-1)?.tag === `main-${bad.commit}`, `the last hold is on ${lock?.holds.at(-1)?.tag}`),
        ...unless(/by local/.test(view.thread(bad)), `the thread does not say who did it: ${view.thread(bad)}`),
        ...view.says(bad, /failed in staging and was rolled back to .*, which is verified/),
      ];
    },
  };
};
