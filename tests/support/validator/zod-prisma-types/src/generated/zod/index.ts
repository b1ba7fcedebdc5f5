import { z } from 'zod';

export const NoteCreateInputSchema = z.object({ title: z.string(), body: z.string() }).strict();
