import { cut, type Organ } from './anatomy.ts';
import { type Dataset, encodeFile } from './encode.ts';
import { clock, frameOfReference, reference, seriesModules, SIMULATED } from './modules.ts';
import { sliceZ, type Study, uidOf } from './study.ts';
import { SOP_CLASS } from './uids.ts';

/** Of a contour, alike on every slice. */
const POINTS = 60;

/** The organs that are contoured, with their numbers. */
export function rois({ site }: Study): { organ: Organ; number: number }[] {
  return site.organs.filter(({ roi }) => roi !== undefined).map((organ, index) => ({ organ, number: index + 1 }));
}

/** The structure set drawn on the CT (RT Structure Set IOD, PS3.3 A.19.3). */
export function structureSet(study: Study): Buffer {
  const { date, time } = clock(study.at);
  const contoured = rois(study);
  return encodeFile({
    ...seriesModules(study, { modality: 'RTSTRUCT', number: 10, description: 'Contours', model: 'Phantom TPS' }),
    ...frameOfReference(study),
    SOPClassUID: SOP_CLASS.rtStruct,
    SOPInstanceUID: uidOf(study, 'rtstruct'),
    InstanceNumber: 1,
    StructureSetLabel: study.site.label,
    StructureSetName: `Contours ${study.site.label}`,
    StructureSetDescription: SIMULATED,
    StructureSetDate: date,
    StructureSetTime: time,
    ReferencedFrameOfReferenceSequence: [
      { FrameOfReferenceUID: uidOf(study, 'frame'), RTReferencedStudySequence: [referencedStudy(study)] },
    ],
    StructureSetROISequence: contoured.map(({ organ, number }) => ({
      ROINumber: number,
      ReferencedFrameOfReferenceUID: uidOf(study, 'frame'),
      ROIName: organ.name,
      ROIGenerationAlgorithm: 'AUTOMATIC',
    })),
    ROIContourSequence: contoured.map(({ organ, number }) => ({
      ROIDisplayColor: organ.colour ?? [255, 255, 255],
      ReferencedROINumber: number,
      ContourSequence: contours(study, organ),
    })),
    RTROIObservationsSequence: contoured.map(({ organ, number }) => ({
      ObservationNumber: number,
      ReferencedROINumber: number,
      RTROIInterpretedType: organ.roi ?? '',
      ROIInterpreter: '',
    })),
    ApprovalStatus: 'UNAPPROVED',
  });
}

/** Every image the contours were drawn on, under its series and study. */
function referencedStudy(study: Study): Dataset {
  return {
    ...reference(SOP_CLASS.detachedStudy, uidOf(study, 'study')),
    RTReferencedSeriesSequence: [
      {
        SeriesInstanceUID: uidOf(study, 'series/CT'),
        ContourImageSequence: Array.from({ length: study.ct.slices }, (_, slice) => reference(SOP_CLASS.ct, uidOf(study, `ct/${slice}`))),
      },
    ],
  };
}

function contours(study: Study, organ: Organ): Dataset[] {
  return Array.from({ length: study.ct.slices }, (_, slice) => slice).flatMap((slice) => {
    const z = sliceZ(study.ct, slice);
    const chord = cut(organ, z);
    if (!chord) return [];
    return [
      {
        ContourImageSequence: [reference(SOP_CLASS.ct, uidOf(study, `ct/${slice}`))],
        ContourGeometricType: 'CLOSED_PLANAR',
        NumberOfContourPoints: POINTS,
        ContourData: outline(organ, chord, z),
      },
    ];
  });
}

function outline({ centre }: Organ, { rx, ry }: { rx: number; ry: number }, z: number): number[] {
  return Array.from({ length: POINTS }, (_, point) => {
    const angle = (point / POINTS) * 2 * Math.PI;
    return [round(centre[0] + rx * Math.cos(angle)), round(centre[1] + ry * Math.sin(angle)), round(z)];
  }).flat();
}

function round(millimetres: number): number {
  return Math.round(millimetres * 100) / 100;
}
