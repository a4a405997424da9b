import { type Dataset, encodeFile } from './encode.ts';
import { clock, code, seriesModules, sliceModules } from './modules.ts';
import { noisyPixels, paintSlice } from './paint.ts';
import { type Study, uidOf } from './study.ts';
import { seedOf, SOP_CLASS } from './uids.ts';

const HALF_LIFE_S = 6586.2;
const UPTAKE_S = 3600;
const FRAME_MS = 150_000;
const MBQ_PER_KG = 3.5;
/** Bq/ml of a stored step: an uptake of 60 still fits sixteen bits. */
const SLOPE = 5;

/** One slice of the PET with fluorodeoxyglucose (Positron Emission Tomography Image IOD, PS3.3 A.21), in Bq/ml. */
export function petSlice(study: Study, slice: number): Buffer {
  const { pet, site } = study;
  const part = `pet/${slice}`;
  const perSuv = activity(study) / (study.weightKg * 1000) / SLOPE;
  const image = paintSlice(pet, slice, site.organs, ({ hu, suv }) => (hu === undefined ? undefined : suv * perSuv), 0);
  return encodeFile({
    ...seriesModules(study, { modality: 'PT', number: 3, description: `TEP FDG ${site.label} AC`, model: 'Phantom PET' }),
    ...sliceModules(study, pet, slice),
    ...petSeries(study),
    ...isotope(study),
    SOPClassUID: SOP_CLASS.pet,
    SOPInstanceUID: uidOf(study, part),
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'SIMULATED'],
    BodyPartExamined: site.bodyPart,
    ImageIndex: slice + 1,
    FrameReferenceTime: FRAME_MS / 2,
    ActualFrameDuration: FRAME_MS,
    DecayFactor: 1.013,
    DoseCalibrationFactor: 1,
    RescaleSlope: SLOPE,
    WindowCenter: 5 * perSuv * SLOPE,
    WindowWidth: 10 * perSuv * SLOPE,
    PixelRepresentation: 0,
    PixelData: noisyPixels(image, seedOf(`${study.name}/${part}`), (value) => 3 * Math.sqrt(Math.max(0, value)) + perSuv / 50, [0, 65_535]),
  });
}

/** PET series and orientation (C.8.9.1, C.8.4.6): whole body, corrected for all, activity as at the start of the series. */
function petSeries({ pet }: Study): Dataset {
  return {
    Units: 'BQML',
    CountsSource: 'EMISSION',
    SeriesType: ['WHOLE BODY', 'IMAGE'],
    NumberOfSlices: pet.slices,
    CorrectedImage: ['NORM', 'DTIM', 'ATTN', 'SCAT', 'DECY', 'RAN'],
    RandomsCorrectionMethod: 'DLYD',
    AttenuationCorrectionMethod: 'CT',
    ScatterCorrectionMethod: 'Model',
    DecayCorrection: 'START',
    ReconstructionMethod: 'OSEM',
    ReconstructionDiameter: pet.columns * pet.spacing,
    CollimatorType: 'NONE',
    PatientOrientationCodeSequence: [
      { ...code('102538003', 'SCT', 'recumbent'), PatientOrientationModifierCodeSequence: [code('40199007', 'SCT', 'supine')] },
    ],
    PatientGantryRelationshipCodeSequence: [code('102540001', 'SCT', 'headfirst')],
  };
}

/** PET isotope (C.8.9.2): what was injected, how much, when. */
function isotope(study: Study): Dataset {
  const injected = clock(new Date(study.at.getTime() - UPTAKE_S * 1000));
  return {
    RadiopharmaceuticalInformationSequence: [
      {
        Radiopharmaceutical: 'Fluorodeoxyglucose',
        RadiopharmaceuticalStartTime: injected.time,
        RadiopharmaceuticalStartDateTime: injected.date + injected.time,
        RadionuclideTotalDose: Math.round(study.weightKg * MBQ_PER_KG * 1e6),
        RadionuclideHalfLife: HALF_LIFE_S,
        RadionuclidePositronFraction: 0.967,
        RadionuclideCodeSequence: [code('77004003', 'SCT', '^18^Fluorine')],
        RadiopharmaceuticalCodeSequence: [code('35321007', 'SCT', 'Fluorodeoxyglucose F^18^')],
      },
    ],
  };
}

/** Bq left of the injection when the series starts, which DecayCorrection START refers to. */
function activity({ weightKg }: Study): number {
  return weightKg * MBQ_PER_KG * 1e6 * 2 ** (-UPTAKE_S / HALF_LIFE_S);
}
