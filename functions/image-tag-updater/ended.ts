import type { EventOf } from '#events/event.ts';
import { imageCommitted, imageRefused } from '#events/images.ts';
import { type changeAbandoned, changeMerged } from '#events/source-control.ts';
import { type Config, environmentOf } from '#shared/config/config.ts';
import type { Brought, OfferedPlace } from '#shared/gitops/offers/offer.ts';
import type { Span } from '#shared/gitops/offers/read-brought.ts';
import { emit, type Outcome, skip } from '#shared/handlers/outcome.ts';
import { cut } from './decide.ts';
import { answering } from './from-git.ts';
import { placeOf } from './place.ts';

/** A person merged a pull request, or closed it. */
export type Ended = EventOf<typeof changeMerged | typeof changeAbandoned>;

/** Where to look for what it brought, or would have. */
export interface PlannedEnd {
  readonly gitops: string;
  readonly place: OfferedPlace;
  readonly team: string;
  readonly span: Span;
}

/** `github.com/acme/gitops`, however git is told to reach it. */
const locationOf = (url: string): string =>
  url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^[^@/]+@/, '')
    .replace(/^ssh\.github\.com(:443)?/, 'github.com')
    .replace(/^([^:/]+):(?!\d)/, '$1/')
    .replace(/(\.git)?\/*$/, '');

export const planEnd = (event: Ended, config: Config): PlannedEnd | Outcome => {
  const { head, base, mergeCommit } = event.data.customData;
  const here = locationOf(event.data.subject.content.repository.source);
  const gitops = Object.values(config.gitops).find(
    ({ repository, branch }) => locationOf(repository) === here && branch === base.branch,
  );
  if (gitops === undefined) return skip('it is not a pull request into a GitOps repository');
  const [, service, name] = head.branch.split('/');
  const environment = environmentOf(config, { service, environment: name });
  if (environment === undefined) return skip(`nobody has configured ${service}'s ${name} here`);
  if (environment.gitops !== gitops.name) return skip(`${service}'s ${name} is in another GitOps repository`);
  const to = mergeCommit ?? head.commit;
  const span = { from: base.commit ?? to, to };
  return { gitops: gitops.name, place: placeOf(environment, config), team: environment.team, span };
};

/** Each image that it brought is in Git now; each that it did not bring is refused by who closed it. */
export const endOutcome = (event: Ended, { gitops, place, team, span }: PlannedEnd, brought: readonly Brought[]) => {
  const { actor, number, url } = event.data.customData;
  const { service, environment } = place;
  if (brought.length === 0) return skip('no image that was asked for is in it');
  return emit(
    ...brought.map(({ repository, tag, digest, target, files, diff, previous, first, ...known }) => {
      const remembered = { ...known, service, environment, target, image: { repository, tag, digest } };
      const { cause, said, asked } = answering(event, remembered);
      const commit = known.commit === undefined ? {} : { commit: known.commit };
      if (event.type === changeMerged.type)
        return imageCommitted.causedBy(cause, {
          ...said,
          team,
          content: {
            ...asked,
            gitops: { name: gitops, files: [...files], revision: span.to },
            ...{ previous, first, changed: true },
          },
          custom: { actor, diff: cut(diff), ...commit },
        });
      const message = `${actor.name} closed pull request #${number} without a merge (${url}). Ask for the image again if it should run after all.`;
      return imageRefused.causedBy(cause, {
        ...said,
        team,
        content: { ...asked, code: 'closed', message },
        custom: { actor, ...commit },
      });
    }),
  );
};
