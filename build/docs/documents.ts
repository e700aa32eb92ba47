import { renderEvents } from './events.ts';
import { renderEventSchemas, renderPlatformSchema, renderServiceSchema } from './schemas.ts';

/** The folder in which nothing stands but the schemas of the events. */
export const eventSchemasFolder = 'events/schemas';

/** Every generated file, by its path in the repository. */
export const renderDocuments = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/events.md', renderEvents()],
    ['docs/schemas/fairlead.schema.json', renderPlatformSchema()],
    ['docs/schemas/service.schema.json', renderServiceSchema()],
    ...[...renderEventSchemas()].map(([detailType, text]): [string, string] => [
      `${eventSchemasFolder}/${detailType}.json`,
      text,
    ]),
  ]);
