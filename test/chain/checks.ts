import { isDeepStrictEqual } from 'node:util';
import type { AnyEvent } from '#events/event.ts';
import { artifactPublished, imageCommitted, imageRefused, imageRequested } from '#events/images.ts';
import { pipelineRunFinished } from '#events/pipelines.ts';
import { serviceDeployed, serviceUpgraded } from '#events/services.ts';
import { testSuiteRunFinished, testSuiteRunStarted } from '#events/tests.ts';
import { announcementsOf } from '#functions/deploy-notifier/announcements.ts';
import { servicesOf } from '#functions/deploy-notifier/delivery.ts';
import { viewOf } from '#functions/deploy-notifier/view.ts';
import type { Fairlead } from '#local/fairlead.ts';
import { runGit } from '#local/git-server/run-git.ts';
import type { SeenMessage } from '#local/standins/slack/seen.ts';

/** What is wrong, each in a sentence. */
type Problems = readonly string[];

/** Every id that the bus carried is in the log once, and nothing else is. */
export const logProblems = (happened: readonly AnyEvent[], logged: readonly AnyEvent[]): Problems => {
  const known = new Set(happened.map(({ id }) => id));
  const times = Map.groupBy(logged, ({ id }) => id);
  return [
    ...happened
      .filter(({ id }) => times.get(id)?.length !== 1)
      .map(({ type, id }) => `${type} ${id} is in the log ${times.get(id)?.length ?? 0} times`),
    ...logged.filter(({ id }) => !known.has(id)).map(({ type, id }) => `${type} ${id} is logged and never happened`),
  ];
};

/** The repositories are whole, and no event has two commits. */
export const gitProblems = async ({ gitops }: Fairlead): Promise<Problems> => {
  const problems: string[] = [];
  for (const [name, { directory, branch }] of gitops) {
    await runGit(directory, ['fsck', '--strict']).catch((error: unknown) => problems.push(`${name}: ${error}`));
    const printed = await runGit(directory, ['log', '--format=%(trailers:key=Fairlead-Event,valueonly)', branch]);
    const events = printed.toString('utf8').split('\n').filter(Boolean);
    const twice = events.filter((event, at) => events.indexOf(event) !== at);
    problems.push(...twice.map((event) => `${name} has two commits of ${event}`));
  }
  return problems;
};

const isOf = ({ metadata }: SeenMessage, chain: string, service: string): boolean =>
  isDeepStrictEqual(metadata?.event_payload, { chain, service });

/** What a message must say whatever draws it, by what happened to its service. */
const factsOf = (service: string, chain: readonly AnyEvent[]): readonly RegExp[] => {
  const own = chain.filter((event) => event.service === service);
  const requested = own.filter(imageRequested.is);
  const written = requested.filter(({ data }) => data.subject.content.mode === 'write');
  const tags = own.filter(artifactPublished.is).map(({ data }) => data.customData.image.tag);
  const finished = own.filter(pipelineRunFinished.is).filter(({ data }) => data.customData.system === 'codepipeline');
  const cancelled = finished.length > 0 && finished.every(({ outcome }) => outcome === 'cancel');
  const ends = [...new Set(written.map((event) => event.environment))].flatMap((environment) => {
    const here = own.filter((event) => event.environment === environment);
    const wanted = written.filter((event) => event.environment === environment).length;
    const healthy = here.filter((event) => serviceDeployed.is(event) || serviceUpgraded.is(event)).length;
    if (here.some(imageRefused.is)) return `refused for .*${environment}`;
    if (healthy < wanted) {
      return here.filter(imageCommitted.is).length === wanted
        ? `(in Git for|syncing in) .*${environment}`
        : 'on its way';
    }
    const outcomes = here.filter(testSuiteRunFinished.is).map(({ outcome }) => outcome);
    if (outcomes.length < here.filter(testSuiteRunStarted.is).length) return `a suite of ${environment} that ends`;
    if (outcomes.length === 0) return `healthy in .*${environment}`;
    const verdict = outcomes.every((outcome) => outcome === 'success') ? 'verified' : 'not proven';
    return `${verdict} in .*${environment}`;
  });
  return [
    `^${service}: `,
    ...tags.map((tag) => tag.replace(/[0-9a-f]{40}/, (commit) => commit.slice(0, 7)).replaceAll('.', '\\.')),
    ...ends,
    ...(cancelled && tags.length === 0 ? ['was cancelled'] : []),
  ].map((pattern) => new RegExp(pattern));
};

/** Each delivery of a service has one message, which says what is in the log: no more, no less, nothing of before. */
export const slackProblems = (
  { slack }: Fairlead,
  logged: readonly AnyEvent[],
  facts: (service: string, chain: readonly AnyEvent[]) => readonly RegExp[] = factsOf,
): Problems => {
  const messages = slack.messages();
  return [...Map.groupBy(logged, ({ data }) => data.context.chainId)].flatMap(([chain, events]) =>
    servicesOf(events).flatMap((service) => {
      const own = messages.filter((message) => isOf(message, chain, service));
      const [message] = own;
      if (message === undefined || own.length > 1) return [`${service} has ${own.length} messages about ${chain}`];
      const { text, blocks } = viewOf(service, events);
      const shown = { text: message.text, blocks: message.blocks };
      const stale = isDeepStrictEqual(shown, JSON.parse(JSON.stringify({ text, blocks })))
        ? []
        : [`Slack says "${message.text}" and not "${text}" of ${chain}, or shows other steps`];
      const announced = announcementsOf(service, events).map(({ key, view }) => `${key}: ${view.text}`);
      const replies = message.replies.map(
        ({ metadata, text: said }) => `${String(metadata?.event_payload.reply)}: ${said}`,
      );
      const thread = isDeepStrictEqual(replies.toSorted(), announced.toSorted())
        ? []
        : [`the thread of "${text}" has ${JSON.stringify(replies)} and not ${JSON.stringify(announced)}`];
      const missing = facts(service, events).filter((fact) => !fact.test(message.text));
      return [...stale, ...thread, ...missing.map((fact) => `"${message.text}" does not say ${fact}`)];
    }),
  );
};
