import { readPackets } from './packets.ts';

/** One ref that a push changed. An id of forty zeros means that the ref was not there, or is no more. */
export interface RefUpdate {
  ref: string;
  before: string;
  after: string;
}

/** Far more than the commands or the report of any push we serve. */
const KEPT_BYTES = 1024 * 1024;

const commandLine = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n]+)/;

const parseCommands = (request: Buffer): { commands: RefUpdate[]; sideband: boolean } => {
  const lines = readPackets(request).payloads.map((payload) => payload.toString('utf8'));
  const commands = lines.flatMap((line) => {
    const [, before, after, ref] = commandLine.exec(line) ?? [];
    return before === undefined || after === undefined || ref === undefined ? [] : [{ ref, before, after }];
  });
  return { commands, sideband: lines.some((line) => line.includes('side-band-64k')) };
};

/** In a side-band the report travels as packets inside of packets, those whose first byte is 1. */
const unwrap = (response: Buffer): Buffer =>
  Buffer.concat(
    readPackets(response)
      .payloads.filter((payload) => payload[0] === 1)
      .map((payload) => payload.subarray(1)),
  );

const acceptedRefs = (report: Buffer): Set<string> =>
  new Set(
    readPackets(report)
      .payloads.map((payload) => payload.toString('utf8').trimEnd())
      .filter((line) => line.startsWith('ok '))
      .map((line) => line.slice(3)),
  );

/** Keeps the beginning of a stream that flows by. */
export const createTape = () => {
  const kept: Buffer[] = [];
  let size = 0;
  return {
    record(chunk: Buffer): void {
      if (size < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - size));
      size += chunk.length;
    },
    played: (): Buffer => Buffer.concat(kept),
  };
};

/** What a push changed: the commands that it sent, as far as git's own report says "ok" to them. */
export const acceptedUpdates = (request: Buffer, response: Buffer): RefUpdate[] => {
  const { commands, sideband } = parseCommands(request);
  const accepted = acceptedRefs(sideband ? unwrap(response) : response);
  return commands.filter(({ ref }) => accepted.has(ref));
};
