import {
  createDossierCall,
  moveDossierCall,
  signCall,
  tickItemCall,
  writePlanCall,
  writePrescriptionCall,
  startSessionCall,
  endSessionCall,
} from '#shared/dossiers/api.ts';
import type { Dossier } from '#shared/dossiers/schemas.ts';
import { PATH, type ItemCode, type SignedItem, type Status } from '#shared/dossiers/statuses.ts';
import { createPatientCall } from '#shared/patients/api.ts';
import type { Patient } from '#shared/patients/schemas.ts';
import { setLightCall } from '#shared/qa/api.ts';
import type { Role } from '#shared/roles.ts';
import { PASSWORD, type Client, type TestApp } from './app.ts';

let made = 0;

/** A new patient, made by a technologist. */
export function newPatient(client: Client): Promise<Patient> {
  made += 1;
  const letters = [...String(made)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');
  return client.call(createPatientCall, {
    body: {
      ipp: `T${process.pid}${made}`,
      lastName: `Essai${letters}`,
      firstName: `Prénom${letters}`,
      birthDate: '1958-03-02',
      sex: 'F',
      confirmed: true,
    },
  });
}

export const PRESCRIPTION = {
  intent: 'curative',
  site: 'Prostate',
  laterality: 'none',
  protocol: 'P60',
  technique: 'VMAT',
  totalDoseGy: 6,
  fractions: 2,
  dosePerFractionGy: 3,
  constraints: [{ organ: 'Rectum', metric: 'V60', limit: 12, unit: '%' }],
  plannedStart: '2026-12-01',
} as const;

export const PLAN = { name: 'Plan 1', technique: 'VMAT', machineId: 'versa-hd-1', results: [{ value: 10, met: true }], notes: '' } as const;

export const CHECKLIST = { identity: true, identity_again: true, immobilisation: true, positioning_images: true, machine_qa: true };

/** The people of a department, signed in once each. */
export class Department {
  private readonly clients = new Map<Role, Promise<Client>>();
  private readonly test: Pick<TestApp, 'as'>;
  constructor(test: Pick<TestApp, 'as'>) {
    this.test = test;
  }

  /** The client of a role. */
  as(role: Role): Promise<Client> {
    const known = this.clients.get(role) ?? this.test.as(role);
    this.clients.set(role, known);
    return known;
  }

  /** A new dossier of a new patient, on a machine unless told otherwise. */
  async dossier(
    fields: { machineId?: string | null; priority?: 'low' | 'normal' | 'high' | 'urgent'; pathology?: string } = {},
  ): Promise<Dossier> {
    const technologist = await this.as('technologist');
    const patient = await newPatient(technologist);
    return technologist.call(createDossierCall, { body: { patientId: patient.id, machineId: 'versa-hd-1', ...fields } });
  }

  async tick(role: Role, dossier: Dossier, code: ItemCode, evidence?: string): Promise<Dossier> {
    const client = await this.as(role);
    return client.call(tickItemCall, { params: { id: dossier.id, code }, body: { done: true, version: dossier.version, evidence } });
  }

  async sign(role: Role, dossier: Dossier, item: SignedItem): Promise<Dossier> {
    const client = await this.as(role);
    return client.call(signCall, { params: { id: dossier.id }, body: { item, password: PASSWORD, version: dossier.version } });
  }

  async move(role: Role, dossier: Dossier, target: Status, comment?: string): Promise<Dossier> {
    const client = await this.as(role);
    return client.call(moveDossierCall, { params: { id: dossier.id }, body: { target, version: dossier.version, comment } });
  }

  async light(light: 'green' | 'amber' | 'red', machineId = 'versa-hd-1'): Promise<void> {
    const physicist = await this.as('physicist');
    await physicist.call(setLightCall, { params: { machineId }, body: { light, reason: 'contrôle du matin' } });
  }

  async prescribe(dossier: Dossier, change: Partial<typeof PRESCRIPTION> = {}): Promise<Dossier> {
    const oncologist = await this.as('oncologist');
    return oncologist.call(writePrescriptionCall, {
      params: { id: dossier.id },
      body: { ...PRESCRIPTION, ...change, constraints: [...PRESCRIPTION.constraints], version: dossier.version },
    });
  }

  async plan(dossier: Dossier, change: Partial<typeof PLAN> = {}): Promise<Dossier> {
    const dosimetrist = await this.as('dosimetrist');
    return dosimetrist.call(writePlanCall, {
      params: { id: dossier.id },
      body: { ...PLAN, ...change, results: [...PLAN.results], version: dossier.version },
    });
  }

  /** One session, started and done. */
  async treat(dossier: Dossier): Promise<Dossier> {
    const technologist = await this.as('technologist');
    const started = await technologist.call(startSessionCall, {
      params: { id: dossier.id },
      body: { checklist: CHECKLIST, version: dossier.version },
    });
    return technologist.call(endSessionCall, { params: { id: dossier.id, number: started.sessionList.length }, body: { status: 'done' } });
  }

  /** What the right people do so that a dossier may go on from where it is, without moving it. */
  async prepare(dossier: Dossier): Promise<Dossier> {
    switch (dossier.status) {
      case 'A_PREPARER':
        return this.tick('technologist', await this.tick('technologist', dossier, 'identity_validated'), 'exams_imported', '1.2.3');
      case 'PRESCRIPTION_VALIDEE':
        return this.sign('oncologist', await this.prescribe(dossier), 'prescription_signed');
      case 'CONTOURS_VALIDES':
        return this.tick('oncologist', dossier, 'contours_locked');
      case 'PLAN_EN_REVUE':
        return this.sign('physicist', await this.plan(dossier), 'qa_dosimetrie');
      case 'PLAN_VALIDE':
        return this.sign('oncologist', dossier, 'signature_oncologue');
      case 'PRET_POUR_TRAITEMENT':
        await this.light('green');
        return dossier;
      case 'EN_TRAITEMENT': {
        const treated = await this.treat(await this.treat(dossier));
        return this.tick('oncologist', treated, 'final_report', 'Bien toléré.');
      }
      case 'A_REPRENDRE_CONTOURAGE':
      case 'CLOTURE':
        return dossier;
    }
  }

  /** A dossier walked to a status of the path by the right people. */
  async dossierIn(status: Status): Promise<Dossier> {
    let dossier = await this.dossier();
    for (const target of PATH.slice(1, PATH.indexOf(status) + 1)) {
      dossier = await this.prepare(dossier);
      dossier = await this.move(MOVER[target], dossier, target);
    }
    return dossier;
  }
}

/** Who makes the step forward into a status. */
export const MOVER: Readonly<Record<Status, Role>> = {
  A_PREPARER: 'technologist',
  PRESCRIPTION_VALIDEE: 'oncologist',
  CONTOURS_VALIDES: 'oncologist',
  PLAN_EN_REVUE: 'dosimetrist',
  A_REPRENDRE_CONTOURAGE: 'physicist',
  PLAN_VALIDE: 'physicist',
  PRET_POUR_TRAITEMENT: 'oncologist',
  EN_TRAITEMENT: 'technologist',
  CLOTURE: 'oncologist',
};
