import type { ItemCode, Status } from './statuses.ts';
import type { ItemRule, StatusRule, Workflow } from './workflow-schemas.ts';

const BLOCKED_AFTER_HOURS = 24;

const statuses: Record<Status, StatusRule> = {
  A_PREPARER: {
    forward: ['PRESCRIPTION_VALIDEE'],
    back: [],
    required: [],
    optional: [],
    enter: ['technologist'],
    maxHours: null,
  },
  PRESCRIPTION_VALIDEE: {
    forward: ['CONTOURS_VALIDES'],
    back: ['A_PREPARER'],
    required: ['identity_validated', 'exams_imported'],
    optional: [],
    enter: ['oncologist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  CONTOURS_VALIDES: {
    forward: ['PLAN_EN_REVUE'],
    back: ['PRESCRIPTION_VALIDEE'],
    required: ['prescription_signed'],
    optional: [],
    enter: ['oncologist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  PLAN_EN_REVUE: {
    forward: ['PLAN_VALIDE'],
    back: ['CONTOURS_VALIDES', 'A_REPRENDRE_CONTOURAGE'],
    required: ['contours_locked'],
    optional: ['constraints_documented'],
    enter: ['dosimetrist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  A_REPRENDRE_CONTOURAGE: {
    forward: ['CONTOURS_VALIDES'],
    back: [],
    required: [],
    optional: [],
    enter: ['physicist', 'oncologist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  PLAN_VALIDE: {
    forward: ['PRET_POUR_TRAITEMENT'],
    back: ['PLAN_EN_REVUE'],
    required: ['qa_dosimetrie'],
    optional: ['independent_check'],
    enter: ['physicist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  PRET_POUR_TRAITEMENT: {
    forward: ['EN_TRAITEMENT'],
    back: ['PLAN_VALIDE'],
    required: ['signature_oncologue'],
    optional: [],
    enter: ['oncologist'],
    maxHours: BLOCKED_AFTER_HOURS,
  },
  EN_TRAITEMENT: {
    forward: ['CLOTURE'],
    back: ['PRET_POUR_TRAITEMENT'],
    required: ['qa_machine_jour'],
    optional: [],
    enter: ['technologist'],
    maxHours: null,
  },
  CLOTURE: {
    forward: [],
    back: [],
    required: ['sessions_completed', 'final_report'],
    optional: ['adverse_effects', 'dosimetric_comparison'],
    enter: ['oncologist', 'physicist'],
    maxHours: null,
  },
};

const items: Record<ItemCode, ItemRule> = {
  identity_validated: manual(['technologist', 'secretary'], 'document'),
  exams_imported: manual(['technologist'], 'study'),
  prescription_signed: signature('oncologist'),
  contours_locked: manual(['oncologist'], 'instance'),
  constraints_documented: manual(['dosimetrist'], 'constraints'),
  independent_check: manual(['physicist'], 'document'),
  qa_dosimetrie: signature('physicist'),
  signature_oncologue: signature('oncologist'),
  qa_machine_jour: { kind: 'computed', tickedBy: [], evidence: 'light', evidenceRequired: false },
  sessions_completed: { kind: 'computed', tickedBy: [], evidence: 'sessions', evidenceRequired: false },
  final_report: { ...manual(['oncologist', 'physicist'], 'text'), evidenceRequired: true },
  adverse_effects: { ...manual(['oncologist'], 'text'), evidenceRequired: true },
  dosimetric_comparison: { ...manual(['physicist'], 'text'), evidenceRequired: true },
};

/** The workflow of a new site, stored as its version 1 at the first start. Source: the tables of `dossiers.md`. */
export const DEFAULT_WORKFLOW: Workflow = {
  version: 1,
  statuses,
  items,
  sessionChecklist: ['identity', 'identity_again', 'immobilisation', 'positioning_images', 'machine_qa'],
};

function manual(tickedBy: ItemRule['tickedBy'], evidence: ItemRule['evidence']): ItemRule {
  return { kind: 'manual', tickedBy, evidence, evidenceRequired: false };
}

function signature(role: ItemRule['tickedBy'][number]): ItemRule {
  return { kind: 'signature', tickedBy: [role], evidence: 'hash', evidenceRequired: false };
}
