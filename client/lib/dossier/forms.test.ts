import { describe, expect, it } from 'vitest';
import { planDraft, proposedMet, readPlan, type PlanDraft } from './plan-draft.ts';
import { readPrescription, type PrescriptionDraft } from './prescription-draft.ts';

const typed: PrescriptionDraft = {
  intent: 'curative',
  site: 'Prostate',
  laterality: 'none',
  protocol: '',
  technique: 'VMAT',
  totalDoseGy: '60',
  fractions: '20',
  dosePerFractionGy: '3,0',
  constraints: [{ organ: 'Rectum', metric: 'V60', limit: '12,5', unit: '%' }],
  orderDocument: '',
  plannedStart: '2026-11-23',
};

describe('readPrescription', () => {
  it('reads figures with a comma', () => {
    expect(readPrescription(typed)).toMatchObject({ fields: { totalDoseGy: 60, dosePerFractionGy: 3, constraints: [{ limit: 12.5 }] } });
  });

  it('says under each field what is wrong with it', () => {
    const read = readPrescription({
      ...typed,
      site: ' ',
      totalDoseGy: 'x',
      fractions: '2,5',
      plannedStart: '',
      constraints: [{ organ: '', metric: 'V60', limit: '', unit: '%' }],
    });
    expect(read).toEqual({
      faults: {
        site: 'required',
        totalDoseGy: 'number',
        fractions: 'whole',
        plannedStart: 'required',
        'constraints.0.organ': 'required',
        'constraints.0.limit': 'required',
      },
    });
  });

  it('refuses a dose that its fractions do not make', () => {
    expect(readPrescription({ ...typed, fractions: '25' })).toEqual({ faults: { totalDoseGy: 'dose' } });
  });
});

const plan: PlanDraft = {
  name: 'P1',
  technique: 'VMAT',
  machineId: 'versa-hd-1',
  results: [{ value: '11,8', met: true }],
  rtPlanUid: '',
  notes: '',
};

describe('readPlan', () => {
  it('leaves an empty UID out', () => {
    expect(readPlan(plan)).toEqual({
      fields: { name: 'P1', technique: 'VMAT', machineId: 'versa-hd-1', results: [{ value: 11.8, met: true }], notes: '' },
    });
  });

  it('asks for the result of every constraint and for a UID of digits and points', () => {
    expect(readPlan({ ...plan, results: [{ value: '', met: false }], rtPlanUid: '1.2.x' })).toEqual({
      faults: { 'results.0.value': 'required', rtPlanUid: 'uid' },
    });
  });
});

describe('planDraft', () => {
  it('has a place for each constraint of the prescription, filled where the plan has a result', () => {
    const constraint = { organ: 'Rectum', metric: 'V60', limit: 12, unit: '%' as const };
    const dossier = {
      prescription: { technique: 'VMAT', constraints: [constraint, constraint] },
      plan: { technique: 'VMAT', results: [{ value: 11.5, met: true }] },
      machine: null,
    };
    const draft = planDraft(dossier as never, String); // only what the form reads
    expect(draft.results).toEqual([
      { value: '11.5', met: true },
      { value: '', met: false },
    ]);
    expect(draft.technique).toBe('VMAT');
  });
});

describe('proposedMet', () => {
  it('takes the limit as an upper one', () => {
    expect(proposedMet('12', 12)).toBe(true);
    expect(proposedMet('12,1', 12)).toBe(false);
    expect(proposedMet('', 12)).toBe(false);
  });
});
