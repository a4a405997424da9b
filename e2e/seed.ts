import { Types } from 'mongoose';
import type { Status } from '#shared/dossiers/statuses.ts';
import { CounterModel, DossierModel, type DossierRow } from '#server/domains/dossiers/model.ts';
import { searchKeysOf } from '#server/domains/dossiers/search.ts';
import { withDerived } from '#server/domains/dossiers/write.ts';

const HOUR_MS = 3_600_000;

/** Puts many dossiers of invented people into the database at once, without an act: for what depends on their number only. */
export async function seedDossiers(wanted: { status: Status; count: number; overdue?: boolean }[]): Promise<void> {
  const counter = { _id: 'dossier' };
  let number = (await CounterModel.findOne(counter).lean())?.value ?? 0;
  const now = Date.now();
  const rows = wanted.flatMap(({ status, count, overdue = false }) =>
    Array.from({ length: count }, (_, index): DossierRow => {
      number += 1;
      const at = new Date(now - HOUR_MS - index * 1000);
      const patient = {
        id: new Types.ObjectId().toHexString(),
        ipp: String(7_000_000 + number),
        lastName: `NOMBREUX${letters(number)}`,
        firstName: `Prénom${letters(number).toLowerCase()}`,
        birthDate: '1950-01-01',
        sex: 'U',
      } as const;
      return withDerived({
        _id: new Types.ObjectId(),
        number,
        version: 1,
        status,
        open: true,
        cleared: true,
        enteredAt: at,
        createdAt: at,
        createdBy: 'test',
        dueAt: overdue ? new Date(now - 1000 * (index + 1)) : null,
        priority: 'normal',
        patient,
        machineId: 'versa-hd-1',
        protocol: null,
        pathology: 'Sein',
        referringPhysician: null,
        tags: [],
        ticks: [],
        signatures: [],
        prescription: null,
        plan: null,
        sessionList: [],
        path: [{ status, enteredAt: at, by: 'test' }],
        searchKeys: searchKeysOf(number, patient),
        pathologyKey: 'sein',
        physicianKey: null,
      });
    }),
  );
  for (let start = 0; start < rows.length; start += 500) await DossierModel.insertMany(rows.slice(start, start + 500));
  await CounterModel.updateOne(counter, { $set: { value: number } }, { upsert: true });
}

function letters(number: number): string {
  return [...String(number)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
}
