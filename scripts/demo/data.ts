import type { Priority } from '#shared/dossiers/schemas.ts';
import type { Status } from '#shared/dossiers/statuses.ts';
import type { MachineFields } from '#shared/machines/schemas.ts';
import type { Role } from '#shared/roles.ts';

// Everything here is invented: people, places and what happens to them.

export const DEMO_PASSWORD = 'demo';

export const DEMO_USERS: readonly { username: string; name: string; role: Role }[] = [
  { username: 'manip', name: 'Thomas Le Bihan', role: 'technologist' },
  { username: 'physicien', name: 'Inès Moreau', role: 'physicist' },
  { username: 'oncologue', name: 'Claire Aubry', role: 'oncologist' },
  { username: 'dosimetriste', name: 'Samir Nadeau', role: 'dosimetrist' },
  { username: 'coordination', name: 'Nadia Belkacem', role: 'coordinator' },
  { username: 'secretaire', name: 'Julie Marchetti', role: 'secretary' },
  { username: 'responsable', name: 'Paul Estève', role: 'manager' },
  { username: 'admin', name: 'Admin Démo', role: 'admin' },
];

type DemoMachine = Pick<MachineFields, 'name' | 'shortName' | 'colour' | 'kind' | 'artiscanObjectId' | 'byNameOnly' | 'qaTypes'> & {
  id: string;
};

export const DEMO_MACHINES: readonly DemoMachine[] = [
  linac('versa-hd-1', 'Versa HD 1', '#0288D1', 159),
  linac('versa-hd-2', 'Versa HD 2', '#FF9800', 182),
  linac('versa-hd-3', 'Versa HD 3', '#1976D2', 145),
  linac('versa-hd-4', 'Versa HD 4', '#FBC02D', 177),
  linac('versa-hd-5', 'Versa HD 5', '#D32F2F', 162),
  { ...linac('tomo1', 'TOMO1', '#388E3C', 99), kind: 'tomotherapy', byNameOnly: true },
  { ...linac('tomo2', 'TOMO2', '#8E24AA', 121), kind: 'tomotherapy', byNameOnly: true },
  linac('novalis', 'NOVALIS', '#F57C00', 25),
];

export const LAST_NAMES: readonly string[] =
  `Marchand Ouvrard Le\u00a0Goff-Tanguy Tessier Benarfa Morvan Vassal Chevreuil Da\u00a0Rocha Huynh-Cao Ferrandier Rousset Picault Sauvignet Kervella Abelin
  Pommerat Delormel Traoret Brissaud Goudeau Linard Rivoire Estrade Navarret Massieu Collinet Zerrouk Pasquet Lormeau Rouvière Joubertin Mbarga Olivar
  Cadioux Thevenot Amsellem Girardot Quemener Simonneau Bouvier-Las Konatey Perrault Azoulet Billaudel Carrière Dubosc Escoffet Fontanel Grandin Hamelot
  Issartel Jacquemet Kerbrat Laverdy Mazurek Noblet Ortegat Pellerin Queyrat Ravaillon Santoro Tournebize Urbanik Valleray Wattelet Ybert Zanetti`
    .split(/[ \n]+/)
    .map((name) => name.replace('\u00a0', ' '))
    .filter((name) => name !== '');

export const FIRST_NAMES: readonly (readonly [name: string, sex: 'F' | 'M'])[] = [
  ...'Élise Monique Samira Solène Odile Mai Lucienne Inaya Irène Gwen Jeanne Yvette Maëlle Colette Berthe Agathe Émilie Sylvie Aline Ruth Nelly Ginette Anne Louise'
    .split(' ')
    .map((name) => [name, 'F'] as const),
  ...'Karim Yann Noé Luis Denis Rachid Issa Alain Serge Marc Hugo Nabil Gérard Paul Théo Hervé Lucas Loïc Salif Victor Émile Bruno'
    .split(' ')
    .map((name) => [name, 'M'] as const),
];

/** Pathology with the protocol that treats it. */
export const COURSES: readonly { pathology: string; site: string; technique: string; totalDoseGy: number; fractions: number }[] = [
  { pathology: 'Sein gauche', site: 'Sein', technique: 'VMAT', totalDoseGy: 40.05, fractions: 15 },
  { pathology: 'Sein droit', site: 'Sein', technique: 'RC3D', totalDoseGy: 40.05, fractions: 15 },
  { pathology: 'Prostate', site: 'Prostate', technique: 'VMAT', totalDoseGy: 60, fractions: 20 },
  { pathology: 'ORL', site: 'Oropharynx', technique: 'VMAT', totalDoseGy: 70, fractions: 35 },
  { pathology: 'Poumon', site: 'Poumon', technique: 'VMAT', totalDoseGy: 66, fractions: 33 },
  { pathology: 'Encéphale', site: 'Encéphale', technique: 'Stéréotaxie', totalDoseGy: 30, fractions: 5 },
  { pathology: 'Rectum', site: 'Rectum', technique: 'VMAT', totalDoseGy: 50, fractions: 25 },
  { pathology: 'Os', site: 'Rachis', technique: 'RC3D', totalDoseGy: 20, fractions: 5 },
  { pathology: 'Col', site: 'Col utérin', technique: 'Tomothérapie', totalDoseGy: 45, fractions: 25 },
];

export const PHYSICIANS: readonly string[] = ['Dr Aubry', 'Dr Lemoine', 'Dr Haddad', 'Dr Vasseur'];

/** How many dossiers stand where, and since how many hours at most. */
export const DEMO_BOARD: readonly { status: Status; count: number; maxHours: number }[] = [
  { status: 'A_PREPARER', count: 7, maxHours: 40 },
  { status: 'PRESCRIPTION_VALIDEE', count: 6, maxHours: 20 },
  { status: 'CONTOURS_VALIDES', count: 6, maxHours: 27 },
  { status: 'PLAN_EN_REVUE', count: 5, maxHours: 20 },
  { status: 'A_REPRENDRE_CONTOURAGE', count: 2, maxHours: 20 },
  { status: 'PLAN_VALIDE', count: 4, maxHours: 20 },
  { status: 'PRET_POUR_TRAITEMENT', count: 5, maxHours: 28 },
  { status: 'EN_TRAITEMENT', count: 23, maxHours: 300 },
  { status: 'CLOTURE', count: 4, maxHours: 200 },
];

export const DEMO_PRIORITIES: readonly Priority[] = ['normal', 'normal', 'normal', 'normal', 'high', 'low', 'high', 'urgent'];

function linac(id: string, name: string, colour: string, artiscanObjectId: number): DemoMachine {
  return {
    id,
    name,
    shortName: name,
    colour,
    kind: 'linac',
    artiscanObjectId,
    byNameOnly: false,
    qaTypes: ['CQH', 'CQM', 'CQS', 'CQQ'],
  };
}
