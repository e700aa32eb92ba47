import * as z from 'zod';

/** Who did it, and by what: `{ name: 'octocat', by: 'github' }`. */
export const actorSchema = z.object({ name: z.string().min(1).max(100), by: z.string().min(1).max(50) });

export type Actor = z.infer<typeof actorSchema>;
