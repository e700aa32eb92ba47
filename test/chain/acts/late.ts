import { createHash } from 'node:crypto';
import { artifactPublished, imageRefused } from '#events/images.ts';
import type { Pushed } from '#local/delivery.ts';
import { createEventForms } from '#local/standins/pipeline/events.ts';
import { type Act, createView, type Stage, type as typed, unless } from './act.ts';
import { places } from './places.ts';

const service = places.late;

const mediaType = 'application/vnd.oci.image.index.v1+json';

/** An image after which a newer one failed and went back. And that one tries to come again under other names. */
export const late = (stage: Stage, { comesBack }: { readonly comesBack: boolean }): Act => {
  const view = createView(stage, service);
  const { cloud } = stage.fairlead;
  const forms = createEventForms(cloud.model, () => new Date());
  let older: Pushed | undefined;
  let bad: Pushed;
  let before: string | undefined;
  const barrier = stage.barrier({
    to: 'image-policy',
    is: (event) => artifactPublished.is(event) && event.data.context.chainId === older?.chain,
  });

  /** ECR tells of one more tag. */
  const push = (tag: string, digest: string) =>
    cloud.putServiceEvents([forms.imagePushed(service, { digest, mediaType }, tag)]);
  const digest = (): string =>
    view.ofChain(bad).find(artifactPublished.is)?.data.customData.image.digest ?? 'no digest';
  const current = async (what: string, tag: string | undefined): Promise<void> => {
    const found = (await view.lock())?.current.tag;
    problems.push(...unless(found === tag, `${what}, ${found} is there, and not ${tag}`));
  };
  const problems: string[] = [];

  return {
    rounds: [
      async () => {
        before = (await view.lock())?.current.tag;
        older = await stage.push(service);
        bad = await stage.push(service, { bad: true });
      },
      async () => {
        await current('after the rollback', before);
        problems.push(...unless(barrier.kept.length === 1, `${barrier.kept.length} older images were late`));
        barrier.open();
        push(`main-${bad.commit.slice(0, 12)}`, digest());
        push(`main-${bad.commit.slice(0, 10)}`, `sha256:${createHash('sha256').update(bad.commit).digest('hex')}`);
      },
      async () => {
        await current('after all of that', before);
        await typed(stage, `npm run release -- ${service} staging --stage dev --image ${digest()}`);
      },
      async () => {
        await current('after the release', before);
        if (comesBack) await typed(stage, `npm run rollback -- ${service} staging --stage dev --to main-${bad.commit}`);
      },
    ],
    problems: async () => {
      const codes = (pushed: Pushed): string =>
        view
          .ofChain(pushed)
          .filter(imageRefused.is)
          .map(({ data }) => data.subject.content.code)
          .sort()
          .join();
      await current('in the end', comesBack ? `main-${bad.commit}` : before);
      return [
        ...problems,
        ...unless(
          older !== undefined && codes(older) === 'not-newer',
          `the late one was refused: ${older && codes(older)}`,
        ),
        ...unless(codes(bad) === 'held,held', `the one that failed was refused: ${codes(bad)}`),
        ...(older ? view.says(older, /is refused for staging: .*is not newer than/) : []),
        ...view.says(
          bad,
          comesBack
            ? /failed in staging and was brought back after its rollback, and failed again/
            : /failed in staging and was rolled back to .*, which is verified/,
        ),
      ];
    },
  };
};
