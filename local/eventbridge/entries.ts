import * as z from 'zod';
import { isObject } from './fields.ts';

const MAXIMUM_ENTRIES = 10;
/** 1 MiB since January 2026, for all entries of a request together. */
const MAXIMUM_REQUEST_BYTES = 1024 * 1024;
const TIME_BYTES = 14;
const MAXIMUM_DETAIL_TYPE = 128;

/** A PutEvents request that is refused as a whole (HTTP 400); `code` is the name of AWS's exception. */
export class RequestRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RequestRefused';
    this.code = code;
  }
}

/** The SDKs send seconds since 1970, the CLI's users write ISO 8601. */
const timeSchema = z.union([
  z
    .number()
    .transform((seconds) => new Date(seconds * 1000))
    .pipe(z.date()),
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  z.date(),
]);

const entrySchema = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: timeSchema.optional(),
});

/** One entry of a PutEvents request, named as on the wire. */
export type PutEventsEntry = z.infer<typeof entrySchema>;

/** Why one entry is not taken, as it stands in the entry's result. */
export interface EntryError {
  readonly code: string;
  readonly message: string;
}

/** The parts of an entry that are required, once they are known to be there. */
export interface ValidEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const bytes = (text: string | undefined): number => Buffer.byteLength(text ?? '');

const sizeOf = (entry: PutEventsEntry): number =>
  (entry.Time === undefined ? 0 : TIME_BYTES) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + bytes(text),
    0,
  );

/** Reads the entries of a request, or throws RequestRefused for what AWS refuses as a whole. */
export const parseEntries = (entries: unknown): readonly PutEventsEntry[] => {
  const parsed = z.array(entrySchema).safeParse(entries);
  if (!parsed.success) throw new RequestRefused('SerializationException', z.prettifyError(parsed.error));
  if (parsed.data.length === 0 || parsed.data.length > MAXIMUM_ENTRIES) {
    throw new RequestRefused('ValidationException', `'entries' must have between 1 and ${MAXIMUM_ENTRIES} members.`);
  }
  if (parsed.data.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAXIMUM_REQUEST_BYTES) {
    throw new RequestRefused('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return parsed.data;
};

const invalid = (parameter: string, reason: string): EntryError => ({
  code: 'InvalidArgument',
  message: `Parameter ${parameter} is not valid. Reason: ${reason}`,
});

const required = (parameter: string): EntryError => invalid(parameter, `${parameter} is a required argument.`);

const parseDetail = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Checks what AWS checks of a single entry; the others of its request are taken all the same. */
export const validateEntry = (entry: PutEventsEntry): ValidEntry | EntryError => {
  const { Source: source, DetailType: detailType, Detail: text } = entry;
  if (!source) return required('Source');
  if (!detailType) return required('DetailType');
  if (!text) return required('Detail');
  if (detailType.length > MAXIMUM_DETAIL_TYPE)
    return invalid('DetailType', `It has over ${MAXIMUM_DETAIL_TYPE} characters.`);
  const detail = parseDetail(text);
  if (!isObject(detail)) return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  return { source, detailType, detail };
};
