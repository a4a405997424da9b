/** A point of the patient, in millimetres: x to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1), from the isocentre. */
export type Point = readonly [x: number, y: number, z: number];

/** An ellipsoid of the phantom. Images are painted with it, contours are cut out of it: the two agree. */
export interface Organ {
  readonly name: string;
  /** Hounsfield units; none: it shows on no image (a margin around the tumour). */
  readonly hu?: number;
  /** Standardised uptake value. */
  readonly suv: number;
  readonly centre: Point;
  readonly radii: Point;
  /** How a structure set calls it (PS3.3 C.8.8.8.1); none: it is not contoured. */
  readonly roi?: 'EXTERNAL' | 'ORGAN' | 'GTV' | 'CTV' | 'PTV';
  readonly colour?: readonly [number, number, number];
}

/** Defined terms of PS3.16 annex L. */
export type BodyPart = 'CHEST' | 'PELVIS' | 'HEAD';

export interface Site {
  readonly bodyPart: BodyPart;
  readonly label: string;
  readonly totalDoseGy: number;
  readonly fractions: number;
  /** In the order they are painted: the later cover the earlier. */
  readonly organs: readonly Organ[];
}

const YELLOW = [255, 220, 0] as const;
const BLUE = [60, 120, 255] as const;
const GREEN = [40, 200, 90] as const;
const BROWN = [190, 120, 60] as const;
const WHITE = [230, 230, 230] as const;

/** Long enough that the body goes through every slice: a cylinder to the eye. */
const ENDLESS = 4000;

export const SITES: readonly Site[] = [
  {
    bodyPart: 'CHEST',
    label: 'Thorax',
    totalDoseGy: 66,
    fractions: 33,
    organs: [
      couch(120),
      body(185, 120),
      { name: 'Poumon droit', hu: -780, suv: 0.5, centre: [-78, -5, 0], radii: [62, 82, 130], roi: 'ORGAN', colour: BLUE },
      { name: 'Poumon gauche', hu: -780, suv: 0.5, centre: [78, -5, 0], radii: [58, 82, 130], roi: 'ORGAN', colour: GREEN },
      { name: 'Coeur', hu: 45, suv: 2.2, centre: [28, -38, -45], radii: [46, 40, 52], roi: 'ORGAN', colour: BROWN },
      { name: 'Trachée', hu: -950, suv: 0.3, centre: [0, 5, 60], radii: [9, 9, 90] },
      ...spine(72),
      ...target([-70, 12, 8], 16),
    ],
  },
  {
    bodyPart: 'PELVIS',
    label: 'Pelvis',
    totalDoseGy: 60,
    fractions: 20,
    organs: [
      couch(125),
      body(190, 125),
      { name: 'Fémur droit', hu: 620, suv: 0.8, centre: [-100, 5, -20], radii: [25, 26, 40], roi: 'ORGAN', colour: BLUE },
      { name: 'Fémur gauche', hu: 620, suv: 0.8, centre: [100, 5, -20], radii: [25, 26, 40], roi: 'ORGAN', colour: GREEN },
      { name: 'Vessie', hu: 8, suv: 9, centre: [0, -32, 38], radii: [36, 28, 30], roi: 'ORGAN', colour: YELLOW },
      { name: 'Rectum', hu: -40, suv: 1.4, centre: [0, 48, 5], radii: [15, 16, 75], roi: 'ORGAN', colour: BROWN },
      ...spine(92),
      ...target([0, 4, -8], 21),
    ],
  },
  {
    bodyPart: 'HEAD',
    label: 'Encéphale',
    totalDoseGy: 30,
    fractions: 5,
    organs: [
      couch(100),
      { ...body(82, 100), radii: [82, 100, 130] },
      { name: 'Crâne', hu: 950, suv: 0.5, centre: [0, 0, 5], radii: [75, 92, 108] },
      { name: 'Encéphale', hu: 36, suv: 7, centre: [0, 0, 5], radii: [68, 85, 101], roi: 'ORGAN', colour: BLUE },
      { name: 'Tronc cérébral', hu: 32, suv: 5, centre: [0, 28, -50], radii: [13, 12, 32], roi: 'ORGAN', colour: BROWN },
      ...target([32, -18, 22], 11),
    ],
  },
];

/** The half-chords of an organ in a slice: of an ellipse, or undefined when the slice misses it. */
export function cut(organ: Organ, z: number): { rx: number; ry: number } | undefined {
  const height = (z - organ.centre[2]) / organ.radii[2];
  if (Math.abs(height) >= 1) return undefined;
  const scale = Math.sqrt(1 - height * height);
  return { rx: organ.radii[0] * scale, ry: organ.radii[1] * scale };
}

/** The volume that is treated. */
export function targetOf(site: Site): Organ {
  const found = site.organs.find(({ roi }) => roi === 'PTV');
  if (!found) throw new Error(`no target in ${site.label}`);
  return found;
}

/** The table top, under the back. */
function couch(back: number): Organ {
  return { name: 'Table', hu: -650, suv: 0, centre: [0, back + 14, 0], radii: [210, 16, ENDLESS] };
}

function body(rx: number, ry: number): Organ {
  return { name: 'Contour externe', hu: 30, suv: 0.9, centre: [0, 0, 0], radii: [rx, ry, ENDLESS], roi: 'EXTERNAL', colour: WHITE };
}

function spine(y: number): Organ[] {
  return [
    { name: 'Rachis', hu: 480, suv: 1.6, centre: [0, y, 0], radii: [20, 20, ENDLESS] },
    { name: 'Canal médullaire', hu: 30, suv: 1.2, centre: [0, y + 9, 0], radii: [8, 7, ENDLESS], roi: 'ORGAN', colour: YELLOW },
  ];
}

function target(centre: Point, radius: number): Organ[] {
  const around = (name: string, margin: number): Organ => {
    const wide = radius + margin;
    return { name, suv: 0, centre, radii: [wide, wide, wide] };
  };
  return [
    { ...around('GTV', 0), hu: 48, suv: 11, roi: 'GTV', colour: [255, 60, 60] },
    { ...around('CTV', 5), roi: 'CTV', colour: [255, 120, 160] },
    { ...around('PTV', 9), roi: 'PTV', colour: [220, 0, 220] },
  ];
}
