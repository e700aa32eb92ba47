import type { AnyEvent, EventOf } from '#events/event.ts';
import { holdRequested, rollbackWithheld } from '#events/holds.ts';
import { imageRequested } from '#events/images.ts';
import { serviceRolledback } from '#events/services.ts';
import { testSuiteRunFinished } from '#events/tests.ts';
import type { Fairlead } from '#local/fairlead.ts';
import { runGit } from '#local/git-server/run-git.ts';

type Request = EventOf<typeof imageRequested>;
type Written = Request | EventOf<typeof holdRequested>;

const causeOf = (event: AnyEvent): string => event.data.context.links?.[0]?.from.contextId ?? 'nothing';

/** Newer first by when the commit was pushed, then by digest: the lock's order. */
const isNewer = (one: Request, other: Request): boolean => {
  const [a, b] = [one.data.subject.content, other.data.subject.content];
  const byTime = Date.parse(a.order.time) - Date.parse(b.order.time);
  return byTime > 0 || (byTime === 0 && a.image.digest > b.image.digest);
};

const isImage = (event: Written): event is Request => event.type === imageRequested.type;

/** The requests that made a commit, in the order of the commits. */
const writtenIn = async ({ gitops }: Fairlead, logged: readonly AnyEvent[]): Promise<Written[]> => {
  const asked = [...logged.filter(imageRequested.is), ...logged.filter(holdRequested.is)];
  const requests = new Map(asked.map((event) => [event.id, event]));
  const written: Written[] = [];
  for (const { directory, branch } of gitops.values()) {
    const format = '--format=%(trailers:key=Fairlead-Event,valueonly)';
    const printed = await runGit(directory, ['log', '--reverse', format, branch]);
    const ids = printed.toString('utf8').split('\n').filter(Boolean);
    written.push(...ids.flatMap((id) => requests.get(id) ?? []));
  }
  return written;
};

/** Every rule of the way back, held against Git's history and the log. */
export const wayBackProblems = async (fairlead: Fairlead, logged: readonly AnyEvent[]): Promise<string[]> => {
  const problems: string[] = [];
  const rollbacks = logged.filter(imageRequested.is).filter(({ data }) => data.subject.content.reason === 'rollback');
  for (const [cause, requests] of Map.groupBy(rollbacks, causeOf)) {
    if (requests.length > 1) problems.push(`${cause} was rolled back ${requests.length} times`);
  }
  const verified = new Set(
    logged
      .filter(testSuiteRunFinished.is)
      .filter(({ outcome }) => outcome === 'success')
      .map(({ service, environment, data }) => `${service}/${environment} ${data.customData.image.digest}`),
  );
  for (const [place, written] of Map.groupBy(await writtenIn(fairlead, logged), ({ subject }) => subject)) {
    /** The orders of what is held, by digest: a rebuild has its commit's. */
    const held = new Map<string, string | undefined>();
    /** Released, which brings nothing back. */
    const mayReturn = new Set<string | undefined>();
    let newest: Request | undefined;
    for (const request of written) {
      if (request.type === holdRequested.type) {
        const { digest } = request.data.subject.content; // the acts release, and never hold
        mayReturn.add(held.get(digest));
        held.delete(digest);
        continue;
      }
      const { image, order, reason, expected } = request.data.subject.content;
      const isForward = reason !== 'rollback';
      const isHeld = held.has(image.digest) || (isForward && [...held.values()].includes(order.time));
      if (isHeld) problems.push(`${place}: ${image.tag} came back although it is held`);
      if (!isForward) {
        const bad = written.filter(isImage).find(({ data }) => data.subject.content.image.digest === expected);
        if (expected !== undefined) held.set(expected, bad?.data.subject.content.order.time);
        const isProven = verified.has(`${request.service}/${request.environment} ${image.digest}`);
        // A person may go back to whatever a person wants.
        if (!isProven && request.data.customData.actor.by !== 'command')
          problems.push(`${place}: was rolled back to ${image.tag}, which was never verified`);
      } else {
        if (newest !== undefined && !isNewer(request, newest))
          problems.push(`${place}: ${image.tag} came after a newer one`);
        newest = request;
      }
    }
    const [asked] = logged
      .filter(imageRequested.is)
      .filter((event) => event.subject === place && event.data.subject.content.reason !== 'rollback')
      .sort((a, b) => (isNewer(a, b) ? -1 : 1));
    const current = written.findLast(isImage)?.data.subject.content.image;
    const wanted = asked?.data.subject.content.image;
    if (wanted === undefined || current === undefined) continue;
    const stays = [...held.values(), ...mayReturn].includes(asked?.data.subject.content.order.time);
    if (current.digest !== wanted.digest && !held.has(wanted.digest) && !stays) {
      problems.push(`${place}: ends with ${current.tag}, and the newest is ${wanted.tag}`);
    }
    const failed = logged
      .filter(testSuiteRunFinished.is)
      .some(({ outcome, data }) => outcome === 'failure' && data.customData.image.digest === current.digest);
    const told = logged
      .filter(rollbackWithheld.is)
      .some(({ data }) => data.subject.content.image.digest === current.digest);
    if (failed && !told) problems.push(`${place}: ends with ${current.tag}, which failed, and no person was told`);
  }
  return problems;
};

/** What a message must say whatever draws it, by what happened on the way back. */
export const wayBackFacts = (_service: string, chain: readonly AnyEvent[]): RegExp[] => {
  const failed = chain.filter(testSuiteRunFinished.is).some(({ outcome }) => outcome === 'failure');
  if (!failed) return [];
  const isBack = chain.some(serviceRolledback.is);
  const withheld = chain.filter(rollbackWithheld.is).map(({ data }) => data.subject.content.code);
  return [
    / failed in /,
    ...(isBack ? [/was rolled back to |was brought back /] : []),
    ...(withheld.length > 0 && !isBack ? [/is not rolled back/] : []),
    ...(withheld.includes('rolled-back-already') ? [/which failed, too|failed again/] : []),
  ];
};
