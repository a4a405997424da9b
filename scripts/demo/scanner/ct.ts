import { encodeFile } from './encode.ts';
import { clock, seriesModules, sliceModules } from './modules.ts';
import { noisyPixels, paintSlice } from './paint.ts';
import { type Study, uidOf } from './study.ts';
import { seedOf, SOP_CLASS } from './uids.ts';

const NOISE_HU = 12;
/** What twelve bits of a scanner hold, air at the bottom. */
const RANGE = [-1024, 3071] as const;

/** One slice of the CT (CT Image IOD, PS3.3 A.3), in Hounsfield units. */
export function ctSlice(study: Study, slice: number): Buffer {
  const { ct, site, at } = study;
  const part = `ct/${slice}`;
  const image = paintSlice(ct, slice, site.organs, ({ hu }) => hu);
  return encodeFile({
    ...seriesModules(study, { modality: 'CT', number: 2, description: `TDM ${site.label} ${ct.thickness} mm`, model: 'Phantom CT' }),
    ...sliceModules(study, ct, slice),
    SOPClassUID: SOP_CLASS.ct,
    SOPInstanceUID: uidOf(study, part),
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'SIMULATED'],
    BodyPartExamined: site.bodyPart,
    ProtocolName: `Dosimétrie ${site.label}`,
    PatientPosition: 'HFS',
    AcquisitionNumber: 1,
    AcquisitionDateTime: `${clock(at).date}${clock(at).time}`,
    ScanOptions: 'HELICAL MODE',
    KVP: 120,
    DataCollectionDiameter: 500,
    ReconstructionDiameter: ct.columns * ct.spacing,
    GantryDetectorTilt: 0,
    TableHeight: 150,
    RotationDirection: 'CW',
    ExposureTime: 1000,
    XRayTubeCurrent: 220,
    Exposure: 220,
    FilterType: 'BODY',
    ConvolutionKernel: 'STANDARD',
    RescaleType: 'HU',
    WindowCenter: site.bodyPart === 'HEAD' ? 40 : 50,
    WindowWidth: site.bodyPart === 'HEAD' ? 90 : 400,
    PixelRepresentation: 1,
    PixelData: noisyPixels(image, seedOf(`${study.name}/${part}`), () => NOISE_HU, RANGE),
  });
}
