import type { Dossier } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import {
  applySignature,
  endSession,
  moveDossier,
  startSession,
  tickItem,
  writePlan,
  writePrescription,
} from '#server/domains/dossiers/index.ts';
import { COURSES } from './data.ts';
import type { Cast } from './people.ts';
import { dayIn } from '#shared/time.ts';

/** What a person of the right role does to bring a dossier one step on: every act by the application's own rules. */
type Step = (cast: Cast, dossier: Dossier, at: Date) => Promise<Dossier>;

const steps: Partial<Record<Status, Step>> = {
  A_PREPARER: async (cast, dossier, at) => {
    const identified = await tick(cast('technologist', at), dossier, 'identity_validated');
    const imported = await tickItem(cast('technologist', at), dossier.id, 'exams_imported', {
      done: true,
      version: identified.version,
      evidence: `1.2.826.0.1.3680043.8.498.${dossier.number}`,
    });
    return move(cast('oncologist', at), imported, 'PRESCRIPTION_VALIDEE');
  },
  PRESCRIPTION_VALIDEE: async (cast, dossier, at) => {
    const course = COURSES.find(({ pathology }) => pathology === dossier.pathology) ?? COURSES[0];
    if (!course) return dossier;
    const oncologist = cast('oncologist', at);
    const prescribed = await writePrescription(oncologist, dossier.id, dossier.version, {
      intent: course.fractions === 5 ? 'palliative' : 'curative',
      site: course.site,
      laterality: course.pathology.endsWith('gauche') ? 'left' : 'none',
      protocol: dossier.protocol ?? '',
      technique: course.technique,
      totalDoseGy: course.totalDoseGy,
      fractions: course.fractions,
      dosePerFractionGy: Number((course.totalDoseGy / course.fractions).toFixed(3)),
      constraints: [{ organ: 'Moelle', metric: 'Dmax', limit: 45, unit: 'Gy' }],
      orderDocument: '',
      plannedStart: dayIn('Europe/Paris', at),
    });
    const signed = await applySignature(oncologist, dossier.id, { item: 'prescription_signed', version: prescribed.version });
    return move(oncologist, signed, 'CONTOURS_VALIDES');
  },
  CONTOURS_VALIDES: async (cast, dossier, at) => {
    const locked = await tick(cast('oncologist', at), dossier, 'contours_locked');
    return move(cast('dosimetrist', at), locked, 'PLAN_EN_REVUE');
  },
  PLAN_EN_REVUE: async (cast, dossier, at) => {
    const planned = await writePlan(cast('dosimetrist', at), dossier.id, dossier.version, {
      name: `Plan ${dossier.number}`,
      technique: dossier.prescription?.technique ?? 'VMAT',
      machineId: dossier.machine?.id ?? 'versa-hd-1',
      results: (dossier.prescription?.constraints ?? []).map(() => ({ value: 38.2, met: true })),
      notes: '',
    });
    const physicist = cast('physicist', at);
    const signed = await applySignature(physicist, dossier.id, { item: 'qa_dosimetrie', version: planned.version });
    return move(physicist, signed, 'PLAN_VALIDE');
  },
  A_REPRENDRE_CONTOURAGE: (cast, dossier, at) => move(cast('oncologist', at), dossier, 'CONTOURS_VALIDES'),
  PLAN_VALIDE: async (cast, dossier, at) => {
    const oncologist = cast('oncologist', at);
    const signed = await applySignature(oncologist, dossier.id, { item: 'signature_oncologue', version: dossier.version });
    return move(oncologist, signed, 'PRET_POUR_TRAITEMENT');
  },
  PRET_POUR_TRAITEMENT: (cast, dossier, at) => move(cast('technologist', at), dossier, 'EN_TRAITEMENT'),
  EN_TRAITEMENT: async (cast, dossier, at) => {
    let current = dossier;
    while (current.sessions.done < (current.sessions.prescribed ?? 0)) current = await treat(cast, current, at);
    const reported = await tickItem(cast('oncologist', at), current.id, 'final_report', {
      done: true,
      version: current.version,
      evidence: 'Traitement bien toléré, consultation de suivi à trois mois.',
    });
    return move(cast('oncologist', at), reported, 'CLOTURE');
  },
};

/** Brings a dossier one step forward. @throws RuleBroken where a rule forbids it, as a red machine does. */
export async function stepForward(cast: Cast, dossier: Dossier, at: Date): Promise<Dossier> {
  return (await steps[dossier.status]?.(cast, dossier, at)) ?? dossier;
}

/** One session, started and done. */
export async function treat(cast: Cast, dossier: Dossier, at: Date): Promise<Dossier> {
  const technologist = cast('technologist', at);
  const checklist = { identity: true, identity_again: true, immobilisation: true, positioning_images: true, machine_qa: true };
  const started = await startSession(technologist, dossier.id, { checklist, version: dossier.version });
  const number = started.sessionList.length;
  return endSession(technologist, dossier.id, number, { status: 'done', version: started.version });
}

/** Sends a dossier back to the contours. */
export async function sendBack(cast: Cast, dossier: Dossier, at: Date): Promise<Dossier> {
  return move(cast('physicist', at), dossier, 'A_REPRENDRE_CONTOURAGE', 'PTV trop proche de la moelle.');
}

function tick(ctx: ReturnType<Cast>, dossier: Dossier, code: 'identity_validated' | 'contours_locked'): Promise<Dossier> {
  return tickItem(ctx, dossier.id, code, { done: true, version: dossier.version });
}

function move(ctx: ReturnType<Cast>, dossier: Dossier, target: Status, comment?: string): Promise<Dossier> {
  return moveDossier(ctx, dossier.id, { target, version: dossier.version, comment });
}
