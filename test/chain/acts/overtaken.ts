import { imageRefused, imageRequested } from '#events/images.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { Pushed } from '#local/delivery.ts';
import { type Act, createView, runs, type Stage, unless } from './act.ts';
import { places } from './places.ts';

const service = places.overtaken;

/** A newer image lands while the rollback is on its way: asked for, and not written; or not even asked for. */
export const overtaken = (stage: Stage, where: 'asked for' | 'not asked for'): Act => {
  const view = createView(stage, service);
  const barrier =
    where === 'asked for'
      ? stage.barrier({ to: 'image-requests', is: (event) => isRollback(event) && event.service === service })
      : stage.barrier({ to: 'rollback-trigger', is: (event) => isFailure(event) && event.service === service });
  let bad: Pushed;
  let good: Pushed;
  let kept = 0;

  const reasons = (): string[] => {
    const told = view.ofChain(bad);
    const refusals = told.filter(imageRefused.is).map(({ data }) => data.subject.content);
    if (where === 'asked for')
      return unless(
        refusals.length === 1 && refusals.every(({ code, message }) => code === 'superseded' && /by now/.test(message)),
        `the rollback was refused ${refusals.length} times, not once because it is superseded`,
      );
    return [
      ...unless(!told.some(isRollback), 'a rollback was asked for although a newer image was there'),
      ...unless(
        stage.skipped.some((reason) => reason === `main-${good.commit} was committed after main-${bad.commit}`),
        'nobody said why there is no rollback',
      ),
    ];
  };

  return {
    rounds: [
      async () => {
        bad = await stage.push(service, { bad: true });
      },
      async () => {
        kept = barrier.kept.length;
        good = await stage.push(service);
      },
      barrier.open,
    ],
    problems: async () => {
      const lock = await view.lock();
      return [
        ...unless(kept === 1, `${kept} rollbacks were kept on their way`),
        ...reasons(),
        ...(await runs(view, good)),
        ...unless(
          !lock?.images.some(
            ({ reason, event }) => reason === 'rollback' && view.ofChain(bad).some(({ id }) => id === event),
          ),
          'the rollback was written',
        ),
        // Where nobody asked for a rollback, its own events end with the failure.
        ...view.says(
          bad,
          where === 'asked for'
            ? /failed in staging and was replaced by a newer image before the rollback/
            : /failed in staging: /,
        ),
        ...view.says(good, /is verified in staging/),
      ];
    },
  };
};

const isRollback = (event: Parameters<typeof imageRequested.is>[0]): boolean =>
  imageRequested.is(event) && event.data.subject.content.reason === 'rollback';

const isFailure = (event: Parameters<typeof testSuiteRunFinished.is>[0]): boolean =>
  testSuiteRunFinished.is(event) && event.outcome === 'failure';
