import { createHash } from 'node:crypto';
import type { SignedItem } from '#shared/dossiers/statuses.ts';
import type { DossierRow } from './model.ts';

/**
 * JSON with the keys of every object in order: the same content gives the same text, whoever wrote it and however it was stored.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isPlain(part) ? sorted(part) : part));
}

/**
 * What a signature covers, or undefined when it does not exist yet: the prescription; the plan; both with the planned first session.
 * Source: `dossiers.md`, "Items".
 */
export function signedContent(row: Pick<DossierRow, 'prescription' | 'plan'>, item: SignedItem): unknown {
  const prescription = row.prescription && withoutTrace(row.prescription);
  const plan = row.plan && withoutTrace(row.plan);
  if (item === 'prescription_signed') return prescription ?? undefined;
  if (item === 'qa_dosimetrie') return plan ?? undefined;
  return prescription && plan ? { plan, prescription, plannedStart: prescription.plannedStart } : undefined;
}

/** SHA-256 of the canonical JSON of what is signed; 64 hexadecimal digits. */
export function hashOf(content: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(content ?? null))
    .digest('hex');
}

function withoutTrace<T extends { revision: number; written: unknown }>({
  revision: _r,
  written: _w,
  ...content
}: T): Omit<T, 'revision' | 'written'> {
  return content;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
