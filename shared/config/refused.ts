import { type AnyEvent, nameSchema } from '#events/event.ts';
import { configurationRefused } from '#events/services.ts';
import type { DisabledService } from './config.ts';

/** The most problems that an event carries, and the most characters of each. */
const mostProblems = 50;
const longestMessage = 500;

/** Tells the team of a service that is switched off that something happened which would have concerned it. */
export const refuseConfiguration = (cause: AnyEvent, by: string, { name, team, problems }: DisabledService) =>
  configurationRefused.causedBy(cause, {
    by,
    subject: { id: name },
    content: {
      service: { id: name },
      problems: problems
        .slice(0, mostProblems)
        .map(({ file, path, message }) => ({ file, path, message: message.slice(0, longestMessage) })),
    },
    custom: {},
    service: name,
    team: nameSchema.safeParse(team).data,
  });
