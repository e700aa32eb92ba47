import { rollbackWithheld } from '#events/holds.ts';
import { imageCommitted, imageRequested } from '#events/images.ts';
import type { Pushed } from '#local/delivery.ts';
import { type Act, createView, type Stage, type as typed, unless } from './act.ts';
import { places } from './places.ts';

const services = places.together;

/** Two services of an umbrella change in one sync, and both fail: nobody can tell which is to blame. */
export const together = (stage: Stage): Act => {
  // Argo CD hears of neither before both are in Git.
  stage.barrier({
    to: 'argocd-sync',
    is: (event) => imageCommitted.is(event) && services.some((one) => one === event.service),
    opensAt: 2,
  });
  const parts = services.map((service) => ({ service, view: createView(stage, service) }));
  const pushes = new Map<string, Pushed>();
  const befores = new Map<string, string | undefined>();
  const problems: string[] = [];

  return {
    rounds: [
      async () => {
        for (const { service, view } of parts) {
          befores.set(service, (await view.lock())?.current.tag);
          pushes.set(service, await stage.push(service, { bad: true }));
        }
      },
      async () => {
        for (const { service, view } of parts) {
          const bad = pushes.get(service);
          if (bad === undefined) continue;
          const said = view
            .ofChain(bad)
            .filter(rollbackWithheld.is)
            .map(({ data }) => data);
          const [one] = said;
          const others = services.filter((other) => other !== service);
          const blamed = one?.customData.changedTogether.join();
          const { code, command = '' } = one?.subject.content ?? {};
          const requests = view.ofChain(bad).filter(imageRequested.is);
          problems.push(
            ...unless(said.length === 1 && code === 'changed-together', `${said.length} times was said: ${code}`),
            ...unless(blamed === others.join(), `${service} changed together with ${blamed}`),
            ...unless(requests.length === 1, `${service} was asked for ${requests.length} times`),
            ...unless(view.thread(bad).includes(command), `the thread of ${service} does not say ${command}`),
            ...view.says(bad, /failed in staging and is not rolled back: .*came in one sync with/),
          );
          await typed(stage, command);
        }
      },
    ],
    problems: async () => {
      for (const { service, view } of parts) {
        const tag = (await view.lock())?.current.tag;
        const before = befores.get(service);
        problems.push(...unless(tag === before, `${service} ends with ${tag}, and not with ${before}`));
        const bad = pushes.get(service);
        if (bad) problems.push(...view.says(bad, /failed in staging and was rolled back to .*, which is verified/));
      }
      return problems;
    },
  };
};
