/** What a test object says; everything else is left out. */
export interface TestObject {
  patientId?: string;
  name?: string;
  birthDate?: string;
  studyUid: string;
  seriesUid?: string;
  instanceUid: string;
  modality?: 'CT' | 'PT' | 'RTSTRUCT' | 'RTPLAN' | 'RTDOSE';
  description?: string;
  label?: string;
  pixelBytes?: number;
}

export const SOP_CLASS = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  PT: '1.2.840.10008.5.1.4.1.1.128',
  RTSTRUCT: '1.2.840.10008.5.1.4.1.1.481.3',
  RTPLAN: '1.2.840.10008.5.1.4.1.1.481.5',
  RTDOSE: '1.2.840.10008.5.1.4.1.1.481.2',
} as const;
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const LONG = new Set(['OB', 'OW', 'UN', 'UT', 'SQ']);

/** A small DICOM file, explicit little endian, as PS3.10 has it. */
export function dicomFile(object: TestObject): Buffer {
  const { modality = 'CT', studyUid, instanceUid, seriesUid = `${studyUid}.1`, pixelBytes = 512 } = object;
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', SOP_CLASS[modality]),
    element(0x0002, 0x0003, 'UI', instanceUid),
    element(0x0002, 0x0010, 'UI', EXPLICIT_LITTLE),
    element(0x0002, 0x0012, 'UI', '1.2.3.4'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const texts: [number, number, string, string | undefined][] = [
    [0x0008, 0x0005, 'CS', 'ISO_IR 192'],
    [0x0008, 0x0016, 'UI', SOP_CLASS[modality]],
    [0x0008, 0x0018, 'UI', instanceUid],
    [0x0008, 0x0020, 'DA', '20261120'],
    [0x0008, 0x0050, 'SH', 'A1'],
    [0x0008, 0x0060, 'CS', modality],
    [0x0008, 0x103e, 'LO', object.description],
    [0x0010, 0x0010, 'PN', object.name],
    [0x0010, 0x0020, 'LO', object.patientId],
    [0x0010, 0x0030, 'DA', object.birthDate],
    [0x0020, 0x000d, 'UI', studyUid],
    [0x0020, 0x000e, 'UI', seriesUid],
    [0x0020, 0x0011, 'IS', '3'],
    [0x0020, 0x0013, 'IS', instanceUid.split('.').at(-1)],
    [0x3006, 0x0002, 'SH', modality === 'RTSTRUCT' ? object.label : undefined],
    [0x300a, 0x0002, 'SH', modality === 'RTPLAN' ? object.label : undefined],
  ];
  const elements = texts.flatMap(([group, number, vr, value]) => (value === undefined ? [] : [element(group, number, vr, value)]));
  const pixels =
    modality === 'CT' || modality === 'PT' ? [element(0x7fe0, 0x0010, 'OW', Buffer.alloc(pixelBytes, instanceUid.length))] : [];
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', length), meta, ...elements, ...pixels]);
}

function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  const pad = raw.length % 2 === 1 ? Buffer.from([vr === 'UI' || vr === 'OB' ? 0 : 0x20]) : Buffer.alloc(0);
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(raw.length + pad.length, 8);
  else head.writeUInt16LE(raw.length + pad.length, 6);
  return Buffer.concat([head, raw, pad]);
}
