import { plainText } from '#shared/text.ts';
import type { PatientCopy } from './model.ts';

/** A text as search compares it: without accents, case and punctuation, one space between words. */
export function searchKey(text: string): string {
  return plainText(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What a dossier is found by: its number, and the words of IPP and names. */
export function searchKeysOf(number: number, patient: PatientCopy): string[] {
  const ipp = searchKey(patient.ipp).replaceAll(' ', '');
  const words = searchKey(`${patient.lastName} ${patient.firstName}`).split(' ');
  return [...new Set([String(number), ipp, ...words])].filter((key) => key !== '');
}
