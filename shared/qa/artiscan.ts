import { z } from 'zod';

/** A name of a table or a column: no control characters, and no longer than SQL Server's identifiers. */
const Identifier = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}]+$/u);

/**
 * How the tables of Artiscan are named at a site, and which columns of `RESULT` tell conformity (they differ by site and version; none by default, and then
 * conformity is not known). A result conforms when each of these columns holds one of its values, compared as text without case; `1` and `0` for a bit.
 */
export const ArtiscanTables = z.strictObject({
  schema: Identifier.default('dbo'),
  studies: Identifier.default('CONTROLE_STUDY'),
  results: Identifier.default('RESULT'),
  id: Identifier.default('Id_ControleStudy'),
  object: Identifier.default('Id_Object'),
  module: Identifier.default('Id_UserModule'),
  name: Identifier.default('Name'),
  date: Identifier.default('StudyDate'),
  conformity: z
    .array(z.strictObject({ column: Identifier, conformWhen: z.array(z.string().trim().min(1).max(100)).min(1).max(20) }))
    .max(10)
    .default([]),
});
export type ArtiscanTables = z.infer<typeof ArtiscanTables>;
