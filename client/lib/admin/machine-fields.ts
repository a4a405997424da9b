import { MachineFields, MachineId, type Machine } from '#shared/machines/schemas.ts';

/** What stands in the fields of the form: lists as text, numbers as the field gives them. */
export interface MachineText {
  id: string;
  name: string;
  shortName: string;
  colour: string;
  kind: MachineFields['kind'];
  room: string;
  active: boolean;
  artiscanObjectId: number | null;
  byNameOnly: boolean;
  aeTitles: string;
  stationNames: string;
  modelNames: string;
  qaTypes: MachineFields['qaTypes'];
  slots: (number | null)[];
  gapMin: number | null;
  prepMin: number | null;
}

export type MachineField = keyof MachineText;

export const NEW_MACHINE: MachineText = {
  id: '',
  name: '',
  shortName: '',
  colour: '#0288D1',
  kind: 'linac',
  room: '',
  active: true,
  artiscanObjectId: null,
  byNameOnly: false,
  aeTitles: '',
  stationNames: '',
  modelNames: '',
  qaTypes: [],
  slots: [0, 0, 0, 0, 0],
  gapMin: 0,
  prepMin: 0,
};

export function textOf(machine: Machine): MachineText {
  return {
    id: machine.id,
    name: machine.name,
    shortName: machine.shortName,
    colour: machine.colour,
    kind: machine.kind,
    room: machine.room,
    active: machine.active,
    artiscanObjectId: machine.artiscanObjectId ?? null,
    byNameOnly: machine.byNameOnly,
    aeTitles: machine.dicom.aeTitles.join(', '),
    stationNames: machine.dicom.stationNames.join(', '),
    modelNames: machine.dicom.modelNames.join(', '),
    qaTypes: machine.qaTypes,
    slots: machine.slotsPerWeekday,
    gapMin: machine.gapMin,
    prepMin: machine.prepMin,
  };
}

/** What would be sent, or the fields that are not valid. */
export function fieldsOf(text: MachineText, isNew: boolean): { fields: MachineFields } | { wrong: MachineField[] } {
  const parsed = MachineFields.safeParse({
    name: text.name,
    shortName: text.shortName,
    colour: text.colour,
    kind: text.kind,
    room: text.room,
    active: text.active,
    ...(text.artiscanObjectId === null ? {} : { artiscanObjectId: text.artiscanObjectId }),
    byNameOnly: text.byNameOnly,
    dicom: { aeTitles: listOf(text.aeTitles), stationNames: listOf(text.stationNames), modelNames: listOf(text.modelNames) },
    qaTypes: [...text.qaTypes],
    slotsPerWeekday: text.slots.map((slots) => slots ?? 0),
    gapMin: text.gapMin ?? 0,
    prepMin: text.prepMin ?? 0,
  });
  const badId: MachineField[] = isNew && !MachineId.safeParse(text.id).success ? ['id'] : [];
  if (parsed.success && badId.length === 0) return { fields: parsed.data };
  return { wrong: [...badId, ...(parsed.error?.issues ?? []).map(({ path }) => fieldAt(path.map(String)))] };
}

function fieldAt([first = '', second = '']: string[]): MachineField {
  if (first === 'slotsPerWeekday') return 'slots';
  const name = first === 'dicom' ? second : first;
  const known = Object.keys(NEW_MACHINE).find((field) => field === name);
  return (known ?? 'name') as MachineField; // a key of the form's own fields
}

function listOf(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
