import type { AnyEvent } from '#events/event.ts';
import type { Config } from '#shared/config/config.ts';
import { servicesOf } from './delivery.ts';

/** A message to keep up to date: one per chain and service. */
export interface Notice {
  readonly chain: string;
  readonly service: string;
  readonly team: string;
  /** The channel's name or id, as configured. */
  readonly channel: string;
}

export interface Decision {
  readonly notices: readonly Notice[];
  /** Why nobody is told about a service, or about any. */
  readonly reasons: readonly string[];
}

/** The configuration says whose a service is; for one that it does not know, or has switched off, the events do. */
const teamOf = (service: string, chain: readonly AnyEvent[], config: Config): string | undefined =>
  config.services.find(({ name }) => name === service)?.team ??
  config.disabled.find(({ name }) => name === service)?.team ??
  chain.find((event) => event.service === service && event.team !== undefined)?.team;

/** Whom an event concerns: the service that it names, or where it names none every service of its chain. */
export const decide = (event: AnyEvent, chain: readonly AnyEvent[], config: Config): Decision => {
  const services = event.service === undefined ? servicesOf(chain) : [event.service];
  if (services.length === 0) return { notices: [], reasons: ['no event of this chain names a service yet'] };
  const notices: Notice[] = [];
  const reasons: string[] = [];
  for (const service of services) {
    const team = teamOf(service, chain, config);
    const channel = team === undefined ? undefined : config.teams[team]?.slack;
    if (team === undefined) reasons.push(`no team is known for ${service}`);
    else if (channel === undefined) reasons.push(`fairlead.yaml has no teams.${team}.slack, which ${service} needs`);
    else notices.push({ chain: event.data.context.chainId, service, team, channel });
  }
  return { notices, reasons };
};
