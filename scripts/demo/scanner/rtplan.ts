import { targetOf } from './anatomy.ts';
import { type Dataset, encodeFile } from './encode.ts';
import { clock, frameOfReference, reference, seriesModules, SIMULATED } from './modules.ts';
import { rois } from './rtstruct.ts';
import { type Study, uidOf } from './study.ts';
import { SOP_CLASS } from './uids.ts';

const MACHINE = 'Versa HD 1';
/** Degrees; of 6 MV photons, each from its side. */
const GANTRY = [0, 72, 144, 216, 288] as const;
const LEAF_PAIRS = 80;
const LEAF_MM = 5;
const MU_PER_GY = 115;

/** The plan made on the structure set (RT Plan IOD, PS3.3 A.20.3): five static beams on the target. */
export function plan(study: Study): Buffer {
  const { date, time } = clock(study.at);
  const { site } = study;
  return encodeFile({
    ...seriesModules(study, { modality: 'RTPLAN', number: 11, description: 'Plan', model: 'Phantom TPS' }),
    ...frameOfReference(study),
    SOPClassUID: SOP_CLASS.rtPlan,
    SOPInstanceUID: uidOf(study, 'rtplan'),
    InstanceNumber: 1,
    RTPlanLabel: `${site.label} ${site.totalDoseGy}Gy`.slice(0, 16),
    RTPlanName: `${site.label} ${site.totalDoseGy} Gy / ${site.fractions}`,
    RTPlanDescription: SIMULATED,
    RTPlanDate: date,
    RTPlanTime: time,
    PlanIntent: 'CURATIVE',
    RTPlanGeometry: 'PATIENT',
    ReferencedStructureSetSequence: [reference(SOP_CLASS.rtStruct, uidOf(study, 'rtstruct'))],
    DoseReferenceSequence: [prescription(study)],
    FractionGroupSequence: [fractions(study)],
    PatientSetupSequence: [{ PatientSetupNumber: 1, PatientPosition: 'HFS', SetupTechnique: 'ISOCENTRIC' }],
    BeamSequence: GANTRY.map((angle, index) => beam(study, angle, index + 1)),
    ApprovalStatus: 'UNAPPROVED',
  });
}

function prescription(study: Study): Dataset {
  const target = rois(study).find(({ organ }) => organ.roi === 'PTV');
  return {
    DoseReferenceNumber: 1,
    DoseReferenceUID: uidOf(study, 'prescription'),
    DoseReferenceStructureType: 'VOLUME',
    ReferencedROINumber: target?.number ?? '',
    DoseReferenceDescription: `PTV ${study.site.label}`,
    DoseReferenceType: 'TARGET',
    TargetPrescriptionDose: study.site.totalDoseGy,
  };
}

function fractions({ site }: Study): Dataset {
  const beamDose = site.totalDoseGy / site.fractions / GANTRY.length;
  return {
    FractionGroupNumber: 1,
    NumberOfFractionsPlanned: site.fractions,
    NumberOfBeams: GANTRY.length,
    NumberOfBrachyApplicationSetups: 0,
    ReferencedBeamSequence: GANTRY.map((_, index) => ({
      ReferencedBeamNumber: index + 1,
      BeamDose: Math.round(beamDose * 1000) / 1000,
      BeamMeterset: Math.round(beamDose * MU_PER_GY * 10) / 10,
    })),
  };
}

function beam(study: Study, angle: number, number: number): Dataset {
  return {
    BeamNumber: number,
    BeamName: `F${number} G${angle}`,
    BeamType: 'STATIC',
    RadiationType: 'PHOTON',
    TreatmentMachineName: MACHINE,
    Manufacturer: 'Vigie simulator',
    PrimaryDosimeterUnit: 'MU',
    SourceAxisDistance: 1000,
    TreatmentDeliveryType: 'TREATMENT',
    ReferencedPatientSetupNumber: 1,
    BeamLimitingDeviceSequence: [
      { RTBeamLimitingDeviceType: 'ASYMY', NumberOfLeafJawPairs: 1 },
      {
        RTBeamLimitingDeviceType: 'MLCX',
        NumberOfLeafJawPairs: LEAF_PAIRS,
        LeafPositionBoundaries: Array.from({ length: LEAF_PAIRS + 1 }, (_, leaf) => (leaf - LEAF_PAIRS / 2) * LEAF_MM),
      },
    ],
    NumberOfWedges: 0,
    NumberOfCompensators: 0,
    NumberOfBoli: 0,
    NumberOfBlocks: 0,
    FinalCumulativeMetersetWeight: 1,
    NumberOfControlPoints: 2,
    ControlPointSequence: [firstControlPoint(study, angle), { ControlPointIndex: 1, CumulativeMetersetWeight: 1 }],
  };
}

/** All that does not change is said at the first control point alone (C.8.8.14.5). */
function firstControlPoint({ site }: Study, angle: number): Dataset {
  const { centre, radii } = targetOf(site);
  const turn = { BeamLimitingDeviceRotationDirection: 'NONE', GantryRotationDirection: 'NONE', PatientSupportRotationDirection: 'NONE' };
  return {
    ControlPointIndex: 0,
    CumulativeMetersetWeight: 0,
    NominalBeamEnergy: 6,
    DoseRateSet: 600,
    ...turn,
    GantryAngle: angle,
    BeamLimitingDeviceAngle: 0,
    PatientSupportAngle: 0,
    TableTopEccentricAngle: 0,
    TableTopEccentricRotationDirection: 'NONE',
    TableTopVerticalPosition: '',
    TableTopLongitudinalPosition: '',
    TableTopLateralPosition: '',
    IsocenterPosition: centre,
    BeamLimitingDevicePositionSequence: [
      { RTBeamLimitingDeviceType: 'ASYMY', LeafJawPositions: [-radii[2], radii[2]] },
      { RTBeamLimitingDeviceType: 'MLCX', LeafJawPositions: leaves(radii[0]) },
    ],
  };
}

/** The bank at the left, then that at the right: a circle around the target, as it is a sphere from every side. */
function leaves(radius: number): number[] {
  const halves = Array.from({ length: LEAF_PAIRS }, (_, leaf) => {
    const height = (leaf + 0.5 - LEAF_PAIRS / 2) * LEAF_MM;
    return Math.round(Math.sqrt(Math.max(0, radius * radius - height * height)) * 10) / 10;
  });
  return [...halves.map((half) => (half === 0 ? 0 : -half)), ...halves];
}
