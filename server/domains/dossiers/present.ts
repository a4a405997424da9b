import type { Locale } from '#shared/accounts/schemas.ts';
import { wordsOf } from '#shared/messages/languages.ts';
import { inWords } from '#shared/messages/sentences.ts';
import { may, type Role } from '#shared/roles.ts';
import type { Dossier, DossierCard, HistoryEntry, Item } from '#shared/dossiers/schemas.ts';
import { STATUSES, type ItemCode, type Status } from '#shared/dossiers/statuses.ts';
import { type Workflow } from '#shared/dossiers/workflow-schemas.ts';
import { blockedBy, type Clearance } from '#shared/dossiers/workflow.ts';
import type { Light, LightColour } from '#shared/qa/schemas.ts';
import { blocks, gateOf } from '#shared/qa/lights.ts';
import type { WallDossier } from '#shared/screens/schemas.ts';
import { machineName, machineRef } from '#server/domains/machines/index.ts';
import { patientInitials } from '#server/domains/patients/index.ts';
import type { ActRow, DossierRow, HistoryRow } from './model.ts';

/** What a presentation depends on besides the dossier. */
export interface Sight {
  workflow: Workflow;
  light: Light;
  at: Date;
  locale: Locale;
}

/** What the hard rules need to know of a dossier. */
export function clearanceOf(row: DossierRow): Clearance {
  const signed = (code: ItemCode) => row.ticks.some((tick) => tick.code === code);
  return {
    prescription: prescriptionState(row, signed('prescription_signed')),
    dosimetryQaSigned: row.plan !== null && signed('qa_dosimetrie'),
    oncologistSigned: row.plan !== null && signed('signature_oncologue'),
    machine: row.machineId,
  };
}

/** The items that hold now, computed ones included. */
export function doneItems(row: DossierRow, light: LightColour): Set<ItemCode> {
  const done = new Set(row.ticks.map((tick) => tick.code));
  if (row.machineId !== null && !blocks(light)) done.add('qa_machine_jour');
  const { prescribed, done: sessions } = sessionCount(row);
  if (prescribed !== null && sessions >= prescribed) done.add('sessions_completed');
  return done;
}

/** Sessions done and prescribed. */
export function sessionCount(row: DossierRow): DossierCard['sessions'] {
  return {
    done: row.sessionList.filter((session) => session.status === 'done').length,
    prescribed: row.prescription?.fractions ?? null,
  };
}

/** A dossier as a board shows it, with everything. */
export function presentCard(row: DossierRow, { light, at, locale }: Sight): DossierCard {
  const clearance = clearanceOf(row);
  const timing = { status: row.status, dueAt: row.dueAt?.toISOString() ?? null };
  return {
    id: row._id.toHexString(),
    number: row.number,
    version: row.version,
    ...timing,
    enteredAt: row.enteredAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    priority: row.priority,
    patient: row.patient,
    machine: row.machineId === null ? null : machineRef(row.machineId),
    protocol: row.protocol,
    pathology: row.pathology,
    referringPhysician: row.referringPhysician,
    tags: row.tags,
    clearance,
    blocked: inWords(blockedBy({ ...timing, clearance }, gateOf(light, at), at), wordsOf(locale), machineName),
    sessions: sessionCount(row),
  };
}

/** A whole dossier, with everything but what depends on the reader. */
export function presentDossier(row: DossierRow, sight: Sight): Dossier {
  return {
    ...presentCard(row, sight),
    items: itemsOf(row, sight),
    signatures: row.signatures.map(({ byId: _, ...signature }) => ({
      ...signature,
      at: signature.at.toISOString(),
      ended: signature.ended && { ...signature.ended, at: signature.ended.at.toISOString() },
    })),
    prescription: row.prescription && { ...row.prescription, written: presentAct(row.prescription.written) },
    plan: row.plan && { ...row.plan, written: presentAct(row.plan.written) },
    sessionList: row.sessionList.map((session) => ({
      ...session,
      startedAt: session.startedAt.toISOString(),
      endedAt: session.endedAt?.toISOString() ?? null,
    })),
    path: row.path.map((step) => ({ ...step, enteredAt: step.enteredAt.toISOString() })),
    createdBy: row.createdBy,
    proposals: proposalsOf(row),
    undoUntil: null,
  };
}

/** What a role may see of a card: without the right to clinical content, no pathology, protocol or tags. */
export function cardFor<T extends DossierCard>(card: T, role: Role): T {
  if (may(role, 'dossiers:read-clinical')) return card;
  return { ...card, pathology: null, protocol: null, tags: [] };
}

/** What a role may see of a dossier: without the right to clinical content, no prescription, plan, sessions or written evidence. */
export function dossierFor(dossier: Dossier, role: Role): Dossier {
  if (may(role, 'dossiers:read-clinical')) return dossier;
  return {
    ...cardFor(dossier, role),
    items: dossier.items.map((item) => ({ ...item, evidence: null, comment: null })),
    signatures: dossier.signatures.map((signature) => ({ ...signature, comment: null })),
    prescription: null,
    plan: null,
    sessionList: [],
    proposals: [],
  };
}

/** A dossier as a wall may show it. */
export function presentForWall(row: DossierRow): WallDossier {
  return {
    key: row._id.toHexString(),
    version: row.version,
    number: row.number,
    initials: patientInitials(row.patient),
    status: row.status,
    enteredAt: row.enteredAt.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    clearance: clearanceOf(row),
  };
}

/** A line of the history; without the right to clinical content, without its comment. */
export function presentHistory(row: HistoryRow, role: Role | null): HistoryEntry {
  return {
    id: row._id.toHexString(),
    at: row.at.toISOString(),
    by: row.by,
    role: row.role,
    what: row.what,
    from: row.from,
    to: row.to,
    subject: row.subject,
    comment: role !== null && may(role, 'dossiers:read-clinical') ? row.comment : null,
    revoked: row.revoked,
    version: row.version,
  };
}

function prescriptionState(row: DossierRow, signed: boolean): Clearance['prescription'] {
  if (row.prescription === null) return 'absent';
  return signed ? 'signed' : 'unsigned';
}

/** Proposals of items that are not ticked yet. */
function proposalsOf(row: DossierRow): Dossier['proposals'] {
  const open = (row.proposals ?? []).filter(({ item }) => !row.ticks.some((tick) => tick.code === item));
  return open.map(({ item, evidence, at }) => ({ item, evidence, at: at.toISOString() }));
}

function presentAct({ by, role, at }: ActRow) {
  return { by, role, at: at.toISOString() };
}

function itemsOf(row: DossierRow, { workflow, light, locale, at }: Sight): Item[] {
  const done = doneItems(row, gateOf(light, at));
  const labels = wordsOf(locale).items;
  return STATUSES.flatMap((status) => {
    const rule = workflow.statuses[status];
    const one = (required: boolean) => (code: ItemCode) =>
      itemOf(row, workflow, { code, status, required, label: labels[code], done: done.has(code), light });
    return [...rule.required.map(one(true)), ...rule.optional.map(one(false))];
  });
}

interface ItemSight {
  code: ItemCode;
  status: Status;
  required: boolean;
  label: string;
  done: boolean;
  light: Light;
}

function itemOf(row: DossierRow, workflow: Workflow, { light, ...seen }: ItemSight): Item {
  const rule = workflow.items[seen.code];
  const tick = row.ticks.find(({ code }) => code === seen.code);
  return {
    ...seen,
    kind: rule.kind,
    tickedBy: rule.tickedBy,
    evidenceKind: rule.evidence,
    evidenceRequired: rule.evidenceRequired,
    by: tick?.by ?? null,
    role: tick?.role ?? null,
    at: tick?.at.toISOString() ?? (seen.code === 'qa_machine_jour' ? light.asOf : null),
    evidence: tick?.evidence ?? computedEvidence(row, seen.code, light),
    comment: tick?.comment ?? null,
  };
}

function computedEvidence(row: DossierRow, code: ItemCode, light: Light): string | null {
  if (code === 'qa_machine_jour') return row.machineId === null ? null : light.light;
  if (code !== 'sessions_completed') return null;
  const { done, prescribed } = sessionCount(row);
  return prescribed === null ? null : `${done}/${prescribed}`;
}
