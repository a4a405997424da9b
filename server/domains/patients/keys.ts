import type { QueryFilter } from 'mongoose';
import type { Patient } from '#shared/patients/schemas.ts';
import { plainText } from '#shared/text.ts';
import type { PatientRow } from './model.ts';

type Keys = Pick<PatientRow, 'ippKey' | 'lastNameKey' | 'firstNameKey'>;

/** A name as it is compared: without accents, case, punctuation and spaces. */
function nameKey(name: string): string {
  return plainText(name).replace(/[^\p{L}\p{N}]/gu, '');
}

/** An IPP as it is compared: without case and spaces. */
export function ippKey(ipp: string): string {
  return ipp.toLowerCase().replace(/\s/g, '');
}

/** What an identity is found and compared by. */
export function keysOf({ ipp, lastName, firstName }: Pick<Patient, 'ipp' | 'lastName' | 'firstName'>): Keys {
  return { ippKey: ippKey(ipp), lastNameKey: nameKey(lastName), firstNameKey: nameKey(firstName) };
}

/**
 * Who may be the same person: the same names, the names swapped, or the same birth date with one of the names.
 * Source: `common.md`, "Identity": compared without accents, case and punctuation.
 */
export function similarTo({
  lastNameKey,
  firstNameKey,
  birthDate,
}: Pick<PatientRow, 'lastNameKey' | 'firstNameKey' | 'birthDate'>): QueryFilter<PatientRow> {
  return {
    $or: [
      { lastNameKey, firstNameKey },
      { lastNameKey: firstNameKey, firstNameKey: lastNameKey },
      { birthDate, lastNameKey },
      { birthDate, firstNameKey },
    ],
  };
}

/** Patients whose IPP or names begin with what was typed: one name, or last and first name in either order. */
export function startingWith(typed: string): QueryFilter<PatientRow> {
  const words = typed.split(/\s+/).filter((word) => nameKey(word) !== '' || ippKey(word) !== '');
  const whole = nameKey(typed);
  const found: QueryFilter<PatientRow>[] = [{ ippKey: prefix(ippKey(typed)) }];
  if (whole !== '') found.push({ lastNameKey: prefix(whole) }, { firstNameKey: prefix(whole) });
  for (let split = 1; split < words.length; split += 1) {
    const [head, tail] = [nameKey(words.slice(0, split).join('')), nameKey(words.slice(split).join(''))];
    if (head === '' || tail === '') continue;
    found.push({ lastNameKey: prefix(head), firstNameKey: prefix(tail) }, { lastNameKey: prefix(tail), firstNameKey: prefix(head) });
  }
  return { $or: found };
}

/** A range instead of a regular expression: the typed text needs no escaping and the index is used as it is. */
function prefix(key: string): { $gte: string; $lt: string } {
  return { $gte: key, $lt: `${key}\u{FFFF}` };
}
