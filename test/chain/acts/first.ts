import { rollbackWithheld } from '#events/holds.ts';
import type { Pushed } from '#local/delivery.ts';
import { type Act, createView, runs, type Stage, type as typed, unless, type View } from './act.ts';

const codes = (view: View, pushed: Pushed): string =>
  view
    .ofChain(pushed)
    .filter(rollbackWithheld.is)
    .map(({ data }) => data.subject.content.code)
    .join();

/** A first deployment fails: there is nothing to go back to. */
export const first = (stage: Stage, service: string): Act => {
  const view = createView(stage, service);
  let bad: Pushed;
  return {
    rounds: [
      async () => {
        bad = await stage.push(service, { bad: true });
      },
    ],
    problems: async () => [
      ...unless(codes(view, bad) === 'first-deployment', `of the first was said: ${codes(view, bad)}`),
      ...unless(/Push a fix/.test(view.thread(bad)), `the first one's thread says ${view.thread(bad)}`),
      ...view.says(bad, /failed in staging and is not rolled back: .*there is none/),
      ...(await runs(view, bad)),
    ],
  };
};

/** After a first deployment that failed another one does. A person goes back to the first all the same, which fails again. */
export const unproven = (stage: Stage, service: string): Act => {
  const view = createView(stage, service);
  const { rounds, problems } = first(stage, service);
  let bad: Pushed;
  let before: string | undefined;
  let command: string | undefined;
  const found: string[] = [];
  return {
    rounds: [
      ...rounds,
      async () => {
        found.push(...(await problems()));
        before = (await view.lock())?.current.tag;
        bad = await stage.push(service, { bad: true });
      },
      async () => {
        command = view.ofChain(bad).find(rollbackWithheld.is)?.data.subject.content.command;
        if (command !== undefined) await typed(stage, command);
      },
    ],
    problems: async () => {
      const told = codes(view, bad);
      const end = (await view.lock())?.current.tag;
      const should = `npm run rollback -- ${service} staging --stage dev --to ${before}`;
      return [
        ...found,
        ...unless(told === 'no-verified-image,rolled-back-already', `of the second was said: ${told}`),
        ...unless(command === should, `a person is told to type ${command}`),
        ...unless(view.thread(bad).includes(should), `the thread does not say ${should}`),
        ...unless(end === before, `ends with ${end}, and not with ${before}`),
        ...view.says(bad, /failed in staging and was rolled back to .*, which failed, too/),
      ];
    },
  };
};
