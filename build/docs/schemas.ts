import * as z from 'zod';
import { kinds } from '#events/catalog.ts';
import { nameSchema } from '#events/event.ts';
import { platformSchema } from '#shared/config/platform.ts';
import { serviceSchema } from '#shared/config/service.ts';

/** The input side: what has a default may be left out, and a reader takes the fields that a later version adds. */
const render = (schema: z.ZodType, { title, description }: { title: string; description: string }): string => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`;
};

/** One JSON Schema for each kind of event, by its type without version. */
export const renderEventSchemas = (): ReadonlyMap<string, string> =>
  new Map(
    kinds.map(({ schema, detailType, type, says }) => [
      detailType,
      render(schema, { title: type, description: `${says}.` }),
    ]),
  );

/** For editors: `fairlead.yaml`. */
export const renderPlatformSchema = (): string =>
  render(platformSchema, { title: 'fairlead.yaml', description: 'What the services have in common.' });

/** For editors: a file of services, each by its name. */
export const renderServiceSchema = (): string =>
  render(z.record(nameSchema, serviceSchema), {
    title: 'A service file of Fairlead',
    description: 'Services by their names: what belongs to them and where they run.',
  });
