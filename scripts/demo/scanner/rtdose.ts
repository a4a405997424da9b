import { targetOf } from './anatomy.ts';
import { encodeFile } from './encode.ts';
import { AXIAL, clock, frameOfReference, reference, seriesModules, SIMULATED } from './modules.ts';
import { sliceZ, type Study, uidOf } from './study.ts';
import { SOP_CLASS } from './uids.ts';

const GRID = 64;
const SPACING = 5;
/** Gy of a stored step: sixteen bits then hold 131 Gy. */
const SCALING = 0.002;
/** Millimetres outside the target in which the dose falls by a factor e. */
const FALL_OFF = 22;
const GRID_FRAME_OFFSET_VECTOR = 0x3004_000c;

/** The dose of the plan on a grid around its target (RT Dose IOD, PS3.3 A.18.3): one frame for every second slice of the CT. */
export function dose(study: Study): Buffer {
  const { date, time } = clock(study.at);
  const [x, y] = targetOf(study.site).centre;
  const heights = Array.from({ length: Math.ceil(study.ct.slices / 2) }, (_, frame) => sliceZ(study.ct, frame * 2));
  const bottom = heights[0] ?? 0;
  const corner = [x - ((GRID - 1) / 2) * SPACING, y - ((GRID - 1) / 2) * SPACING] as const;
  return encodeFile({
    ...seriesModules(study, { modality: 'RTDOSE', number: 12, description: 'Dose', model: 'Phantom TPS' }),
    ...frameOfReference(study),
    SOPClassUID: SOP_CLASS.rtDose,
    SOPInstanceUID: uidOf(study, 'rtdose'),
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    ImagePositionPatient: [...corner, bottom],
    ImageOrientationPatient: AXIAL,
    PixelSpacing: [SPACING, SPACING],
    SliceThickness: study.ct.thickness * 2,
    NumberOfFrames: heights.length,
    FrameIncrementPointer: GRID_FRAME_OFFSET_VECTOR,
    GridFrameOffsetVector: heights.map((height) => height - bottom),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: GRID,
    Columns: GRID,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseComment: SIMULATED,
    DoseSummationType: 'PLAN',
    DoseGridScaling: SCALING,
    TissueHeterogeneityCorrection: 'IMAGE',
    ReferencedRTPlanSequence: [reference(SOP_CLASS.rtPlan, uidOf(study, 'rtplan'))],
    PixelData: frames(study, corner, heights),
  });
}

function frames(study: Study, [left, top]: readonly [number, number], heights: readonly number[]): Buffer {
  const bytes = Buffer.alloc(heights.length * GRID * GRID * 2);
  let offset = 0;
  for (const z of heights) {
    for (let index = 0; index < GRID * GRID; index += 1) {
      const x = left + (index % GRID) * SPACING;
      const y = top + Math.floor(index / GRID) * SPACING;
      offset = bytes.writeUInt16LE(Math.round(doseAt(study, x, y, z) / SCALING), offset);
    }
  }
  return bytes;
}

/** Gy: the prescription within the target, hotter by 3 % at its heart, falling outside. */
function doseAt({ site }: Study, x: number, y: number, z: number): number {
  const { centre, radii } = targetOf(site);
  const away = Math.hypot(x - centre[0], y - centre[1], z - centre[2]);
  const share = away <= radii[0] ? 1.03 - 0.03 * (away / radii[0]) : Math.exp((radii[0] - away) / FALL_OFF);
  return site.totalDoseGy * share;
}
