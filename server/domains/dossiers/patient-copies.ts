import type { Patient } from '#shared/patients/schemas.ts';
import type { Context } from '#server/platform/context.ts';
import { DossierModel } from './model.ts';
import { searchKeysOf } from './search.ts';
import { announce, standingOf, withDerived } from './write.ts';

/** Brings the copies of a patient's identity on his dossiers up to date, in the act that changed the patient. */
export async function followPatient(ctx: Context, { version: _, ...copy }: Patient): Promise<void> {
  const rows = await DossierModel.find({ 'patient.id': copy.id }).lean();
  for (const row of rows) {
    const next = withDerived({ ...row, patient: copy, searchKeys: searchKeysOf(row.number, copy), version: row.version + 1 });
    const { _id, ...fields } = next;
    await DossierModel.replaceOne({ _id, version: row.version }, fields);
    await announce(ctx, { ...(await standingOf(ctx, _id.toHexString())), row: next }, { what: 'dossier.patient-changed', set: {} });
  }
}
