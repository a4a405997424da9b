import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { number, sampleCt, sampleRtStruct, seeded, sequence, text, type SampleElement } from '#server/testing/dicom.ts';
import { decodeText } from './charset.ts';
import { readHeader } from './file.ts';
import { createHeaderReader, type DicomHeader } from './header.ts';
import { readTags } from './tags.ts';
import { isUid } from './uids.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';

function headerOf(dataset: Buffer, transferSyntax = EXPLICIT, piece = dataset.length): DicomHeader {
  const reader = createHeaderReader(transferSyntax);
  for (let at = 0; at < dataset.length; at += piece) reader.push(dataset.subarray(at, at + piece));
  return reader.finish();
}

function changed(...elements: readonly SampleElement[]): DicomHeader {
  const change = Object.fromEntries(elements.map((element) => [element.tag, element]));
  return headerOf(sampleCt({ change }).dataset);
}

describe('the header of an object', () => {
  test('is the same in every encoding, and in whatever pieces it comes', () => {
    const expected = headerOf(sampleCt().dataset);
    expect(expected.values).toMatchObject({
      PatientID: 'P000001',
      PatientName: 'ESSAI^N1',
      StudyDescription: 'Dosimétrie',
      InstanceNumber: '1',
      Rows: '64',
    });
    expect(expected.faults).toEqual([]);
    for (const syntax of [IMPLICIT, '1.2.840.10008.1.2.2']) {
      const { dataset } = sampleCt({ transferSyntax: syntax });
      expect(headerOf(dataset, syntax).values).toEqual(expected.values);
      expect(headerOf(dataset, syntax, 7).values).toEqual(expected.values);
    }
    for (const piece of [1, 13, 1000]) expect(headerOf(sampleCt().dataset, EXPLICIT, piece)).toEqual(expected);
  });

  test('is done before the pixels, however long they are', () => {
    const reader = createHeaderReader(EXPLICIT);
    const { dataset } = sampleCt({ size: 512 });
    reader.push(dataset.subarray(0, 2000));
    expect(reader.done).toBe(true);
  });

  test('is read although the transfer syntax lied about its encoding', () => {
    expect(headerOf(sampleCt({ transferSyntax: IMPLICIT }).dataset, EXPLICIT).values.PatientID).toBe('P000001');
    expect(headerOf(sampleCt().dataset, IMPLICIT).values.PatientID).toBe('P000001');
  });

  test('names what a structure set refers to', () => {
    const header = headerOf(sampleRtStruct().dataset);
    const study = '1.2.826.0.1.3680043.9.9999.1.1';
    expect(header).toMatchObject({
      referencedStudyUids: [study],
      referencedSeriesUids: [`${study}.1`],
      referencedFrameOfReferenceUids: [`${study}.0`],
      values: { StructureSetLabel: 'Contours v1', ApprovalStatus: 'UNAPPROVED', Modality: 'RTSTRUCT' },
    });
    const implicit = headerOf(sampleRtStruct({ transferSyntax: IMPLICIT }).dataset, IMPLICIT);
    expect(implicit.referencedSeriesUids).toEqual(header.referencedSeriesUids);
  });

  test('names the structure set of a plan', () => {
    const header = changed(sequence(0x300c0060, [[text(0x00081150, 'UI', '1.2'), text(0x00081155, 'UI', '1.2.3.4')]]));
    expect(header.referencedSopInstanceUids).toEqual(['1.2.3.4']);
  });

  test('takes dates that are none for absent, and says so', () => {
    const date = (value: string) => changed(text(0x00080020, 'DA', value));
    expect(date('00000000')).toMatchObject({ faults: [] });
    expect(date('00000000').values.StudyDate).toBeUndefined();
    expect(date('2026.01.05').values.StudyDate).toBe('20260105');
    expect(date('20261399')).toMatchObject({ faults: ['StudyDate is not a date'] });
    expect(date('').values.StudyDate).toBeUndefined();
  });

  test('cuts long values, and says which', () => {
    const header = changed(text(0x00081030, 'UT', 'x'.repeat(65_534)));
    expect(header.values.StudyDescription).toHaveLength(1024);
    expect(header.truncated).toEqual(['StudyDescription']);
    expect(header.values.PatientID).toBe('P000001');
  });

  test('holds no control characters and no padding', () => {
    expect(changed(text(0x00100020, 'LO', ' a\u0001b\u001f \0')).values.PatientID).toBe('a b');
  });

  test('reads numbers where a text should be', () => {
    expect(changed(number(0x00200013, 12)).values.InstanceNumber).toBe('12');
  });

  test('survives false lengths and any bytes, and says that something is wrong', () => {
    const { dataset } = sampleCt();
    const random = seeded(7);
    for (let n = 0; n < 3000; n++) {
      const bytes = Buffer.from(dataset.subarray(0, 1200));
      for (let times = 0; times < 4; times++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      expect(() => headerOf(bytes, n % 2 === 0 ? EXPLICIT : IMPLICIT)).not.toThrow();
    }
    const nested = Buffer.concat(
      Array.from({ length: 500 }, () => Buffer.from('08001011535100 00ffffffff'.replace(' ', '') + 'feff00e0ffffffff', 'hex')),
    );
    expect(headerOf(nested).faults).toEqual(['sequences are nested too deeply']);
  });
});

describe('character sets', () => {
  test.each([
    ['ISO_IR 100', 'latin1', 'DUPRÉ^Zoé'],
    ['ISO_IR 192', 'utf8', 'Дюпре^Zoé^山田'],
    ['', 'latin1', 'DUPRÉ^Zoé'],
    ['', 'utf8', 'DUPRÉ^Zoé'],
    ['\\ISO 2022 IR 100', 'latin1', 'DUPRÉ'],
    ['NONSENSE', 'latin1', 'É'],
  ] as const)('%s in %s', (charset, encoding, name) => {
    expect(decodeText(Buffer.from(name, encoding), charset === '' ? undefined : charset)).toBe(name);
  });

  test('others that PS3.3 names', () => {
    expect(decodeText(Buffer.from([0xbb, 0xe3, 0xda]), 'ISO_IR 144')).toBe('Лук');
    expect(decodeText(Buffer.from([0xc4, 0xe9]), 'ISO_IR 126')).toBe('Δι');
    expect(decodeText(Buffer.from([0xcd, 0xf5]), 'GB18030')).toBe('王');
  });

  test('escapes are dropped', () => {
    expect(decodeText(Buffer.from('\u001b-AABC', 'latin1'), '\\ISO 2022 IR 100')).toBe('ABC');
  });
});

test('a UID is digits and dots, at most 64', () => {
  expect(['1', '1.2.840', '0.00.1', `1.${'2'.repeat(62)}`].every(isUid)).toBe(true);
  expect(['', '.', '1.', '.1', '1..2', '1.a', '1/2', `1.${'2'.repeat(63)}`, ' 1', '1\n'].some(isUid)).toBe(false);
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-header-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('a file, a bare data set, and what is no DICOM at all', async () => {
    const ct = sampleCt();
    const path = join(folder, 'x');
    await writeFile(path, ct.file);
    expect((await readHeader(path)).values.PatientID).toBe('P000001');
    await writeFile(path, ct.dataset);
    expect((await readHeader(path)).values.PatientID).toBe('P000001');
    await writeFile(path, 'hello, this is a text');
    expect((await readHeader(path)).values).toEqual({});
    await writeFile(path, '');
    expect((await readHeader(path)).values).toEqual({});
    await expect(readHeader(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test('the tag view names every element, walks into sequences, and bounds its values', async () => {
    const path = join(folder, 'tags');
    const change = { 0x00081030: text(0x00081030, 'UT', 'x'.repeat(5000)), 0x00091001: text(0x00091001, 'LO', 'private') };
    await writeFile(path, sampleRtStruct({ change }).file);
    const lines = await readTags(path);
    expect(lines.find(({ keyword }) => keyword === 'PatientID')).toEqual({
      tag: '(0010,0020)',
      vr: 'LO',
      keyword: 'PatientID',
      value: 'P000001',
      length: 8,
      depth: 0,
      truncated: false,
    });
    expect(lines.find(({ keyword }) => keyword === 'StudyDescription')).toMatchObject({
      truncated: true,
      length: 5000,
      value: 'x'.repeat(256),
    });
    expect(lines.find(({ tag }) => tag === '(0009,1001)')).toMatchObject({ keyword: '', value: 'private' });
    expect(lines.filter(({ depth }) => depth > 0).map(({ keyword, depth }) => [keyword, depth])).toContainEqual(['SeriesInstanceUID', 3]);
    await writeFile(path, sampleCt({ transferSyntax: IMPLICIT }).file);
    const implicit = await readTags(path);
    expect(implicit.find(({ keyword }) => keyword === 'PatientName')).toMatchObject({ vr: 'PN', value: 'ESSAI^N1' });
    expect(implicit.at(-1)).toMatchObject({ keyword: 'PixelData', value: '' });
  });
});
