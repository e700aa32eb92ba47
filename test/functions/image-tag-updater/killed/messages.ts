import * as z from 'zod';
import { anyEventSchema } from '#events/event.ts';

/** A batch for a process, and where it is to die. */
const taskSchema = z.object({
  url: z.string(),
  directory: z.string(),
  binary: z.string(),
  dies: z.enum(['before it publishes', 'after it has published']).optional(),
  requests: z.array(anyEventSchema),
});

export type Task = z.infer<typeof taskSchema>;

export const parseTask = (message: unknown): Task => taskSchema.parse(message);

/** What a process says: what it publishes, and in the end which messages go back to the queue. */
const answerSchema = z.union([
  z.object({ published: z.array(anyEventSchema) }),
  z.object({ failed: z.array(z.string()) }),
]);

export type Answer = z.infer<typeof answerSchema>;

export const parseAnswer = (message: unknown): Answer => answerSchema.parse(message);
