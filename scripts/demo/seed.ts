import type { Dossier } from '#shared/dossiers/schemas.ts';
import { PATH, type Status } from '#shared/dossiers/statuses.ts';
import { addHours } from '#shared/time.ts';
import { createDossier } from '#server/domains/dossiers/index.ts';
import { ensureMachine } from '#server/domains/machines/index.ts';
import { createPatient } from '#server/domains/patients/index.ts';
import { setLight } from '#server/domains/qa/index.ts';
import type { Context } from '#server/platform/context.ts';
import { COURSES, DEMO_BOARD, DEMO_MACHINES, DEMO_PRIORITIES, FIRST_NAMES, LAST_NAMES, PHYSICIANS } from './data.ts';
import type { Cast } from './people.ts';
import { pick, seededRandom } from '#shared/random.ts';
import { sendBack, stepForward, treat } from './walk.ts';

const MIN_HOURS_PER_STEP = 2;
/** The machine whose light nobody has set today, and how old a treatment on it must be for its light of that day to have ended. */
const UNLIT = 'tomo2';
const LIT_HOURS = 30;
const IN_USE = DEMO_MACHINES.filter(({ id }) => id !== 'novalis');

/** Fills an empty site: machines, patients, dossiers that were walked to where they stand by the application's own rules. */
export async function seedDemo(system: Context, cast: Cast, now: Date): Promise<void> {
  const random = seededRandom(20_261_120);
  for (const machine of DEMO_MACHINES) await ensureMachine(system, machine);
  let person = 0;
  for (const { status, count, maxHours } of DEMO_BOARD) {
    for (let index = 0; index < count; index += 1) {
      const hours = Math.max(0.5, maxHours * random() ** 1.5);
      const wanted = { person, status, enteredAt: addHours(now, -hours), older: hours > LIT_HOURS };
      // A whole life is one act here: the disk is waited for once, not at every step.
      await system.atomically('dossiers', () => seedDossier(cast, random, wanted));
      person += 1;
    }
  }
}

/** A dossier that entered its status at a time, having passed the ones before in good order. */
async function seedDossier(
  cast: Cast,
  random: () => number,
  wanted: { person: number; status: Status; enteredAt: Date; older: boolean },
): Promise<void> {
  const detour = wanted.status === 'A_REPRENDRE_CONTOURAGE';
  const steps = detour ? PATH.indexOf('PLAN_EN_REVUE') + 1 : PATH.indexOf(wanted.status);
  const times = Array.from({ length: steps + 1 }, (_, step) =>
    addHours(wanted.enteredAt, -(steps - step) * (MIN_HOURS_PER_STEP + 10 * random())),
  );
  times.sort((a, b) => a.getTime() - b.getTime());
  let dossier = await newDossier(cast, random, wanted.person, { at: times[0] ?? wanted.enteredAt, older: wanted.older });
  for (const at of times.slice(1)) {
    if (['PRET_POUR_TRAITEMENT', 'EN_TRAITEMENT'].includes(dossier.status)) await lightUp(cast, dossier, at);
    dossier = detour && dossier.status === 'PLAN_EN_REVUE' ? await sendBack(cast, dossier, at) : await stepForward(cast, dossier, at);
  }
  if (dossier.status === 'EN_TRAITEMENT') await treatSome(cast, random, dossier, wanted.enteredAt);
}

async function newDossier(cast: Cast, random: () => number, person: number, { at, older }: { at: Date; older: boolean }): Promise<Dossier> {
  const [firstName, sex] = pick(random, FIRST_NAMES);
  const year = 1938 + Math.floor(random() * 60);
  const course = pick(random, COURSES);
  const patient = await createPatient(cast('technologist', at), {
    ipp: String(30_390_000 + person * 517),
    lastName: (LAST_NAMES[person % LAST_NAMES.length] ?? 'Inconnu').toLocaleUpperCase('fr'),
    firstName,
    birthDate: `${year}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`,
    sex,
    confirmed: true,
  });
  return createDossier(cast('technologist', at), {
    patientId: patient.id,
    machineId: pick(random, older ? IN_USE : IN_USE.filter(({ id }) => id !== UNLIT)).id,
    pathology: course.pathology,
    protocol: `${course.site} ${course.totalDoseGy.toLocaleString('fr')} Gy / ${course.fractions}`,
    referringPhysician: pick(random, PHYSICIANS),
    priority: pick(random, DEMO_PRIORITIES),
    tags: [],
  });
}

/** Treatment needs a machine that may treat, on the day it was given too. */
async function lightUp(cast: Cast, dossier: Dossier, at: Date): Promise<void> {
  if (dossier.machine) await setLight(cast('physicist', at), dossier.machine.id, { light: 'green', reason: 'Contrôle du matin conforme' });
}

async function treatSome(cast: Cast, random: () => number, dossier: Dossier, at: Date): Promise<void> {
  const sessions = Math.floor(random() * Math.min(4, dossier.sessions.prescribed ?? 0));
  let current = dossier;
  for (let done = 0; done < sessions; done += 1) current = await treat(cast, current, at);
}
