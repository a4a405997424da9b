import { describe, expect, test } from 'vitest';
import { qaWordsOf } from '#shared/messages/qa.ts';
import { parseControlsCsv } from './csv-file.ts';

const HEADING = 'Id_ControleStudy;Id_Object;Id_UserModule;Name;StudyDate';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (...lines: string[]) => parseControlsCsv(utf8([HEADING, ...lines].join('\r\n')));
const inFrench = (bytes: Uint8Array) => parseControlsCsv(bytes).faults.map((fault) => qaWordsOf('fr').csv[fault.code](fault));

const GOOD = { id: 7, objectId: 145, moduleId: 97, name: 'Contrôle à supp', at: '2026-11-17T08:15:00.000', conform: null };
const LINE = '7;145;97;Contrôle à supp;2026-11-17 08:15:00.000';

describe('an export of controls', () => {
  test.each([
    ['UTF-8', utf8(`${HEADING}\n${LINE}\n`)],
    ['UTF-8 with BOM', utf8(`\ufeff${HEADING}\r\n${LINE}\r\n`)],
    ['Windows-1252', new Uint8Array(Buffer.from(`${HEADING}\r\n${LINE}`, 'latin1'))],
    ['UTF-16 with BOM', new Uint8Array(Buffer.from(`\ufeff${HEADING}\r\n${LINE}`, 'utf16le'))],
  ])('is read in %s', (_encoding, bytes) => {
    expect(parseControlsCsv(bytes)).toEqual({ controls: [GOOD], faults: [] });
  });

  test.each([
    [
      'columns in another order, more of them, other case',
      'NAME;x;studydate;ID_OBJECT;id_usermodule;Id_ControleStudy\nContrôle à supp;;17/11/2026 08:15;145;97;7',
    ],
    ['quoted', `"Id_ControleStudy";"Id_Object";"Id_UserModule";"Name";"StudyDate"\n"7";"145";"97";"Contrôle à supp";"2026-11-17T08:15"`],
    ['empty lines between', `${HEADING}\n\n${LINE}\n;;;;\n\n`],
  ])('is read with %s', (_what, text) => {
    expect(parseControlsCsv(utf8(text))).toEqual({ controls: [GOOD], faults: [] });
  });

  test('NULL and empty are not known', () => {
    expect(read('1;145;NULL;NULL;NULL', '2;145;;;').controls).toEqual(
      [1, 2].map((id) => ({ id, objectId: 145, moduleId: null, name: '', at: null, conform: null })),
    );
  });

  test('a name may hold separators, quotes and 4,000 characters', () => {
    const long = 'é'.repeat(4000);
    expect(read(`1;1;1;"a;b ""c""";`, `2;1;1;${long};`, `3;1;1;écran 15" fin;`).controls.map(({ name }) => name)).toEqual([
      'a;b "c"',
      long,
      'écran 15" fin',
    ]);
  });

  test('dates of 1900 and 9999 and digits beyond the millisecond are read', () => {
    const at = read('1;1;1;x;1900-01-01', '2;1;1;x;9999-12-31 23:59:59.9999999', '3;1;1;x;2026-03-29 02:30').controls.map((one) => one.at);
    expect(at).toEqual(['1900-01-01T00:00:00.000', '9999-12-31T23:59:59.999', '2026-03-29T02:30:00.000']);
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['nothing in it', utf8(''), 'Le fichier est vide.'],
    ['a picture', new Uint8Array([0x89, 0x50, 0, 0, 1]), 'Le fichier n’est pas un texte.'],
    ['commas', utf8(`${HEADING.replaceAll(';', ',')}\n1,2,3,x,`), 'Les colonnes sont séparées par "," ; il faut un point-virgule.'],
    ['tabs', utf8(HEADING.replaceAll(';', '\t')), 'Les colonnes sont séparées par "\\t" ; il faut un point-virgule.'],
    ['two columns missing', utf8('Id_ControleStudy;Name;StudyDate\n1;x;'), 'Il manque les colonnes Id_Object, Id_UserModule.'],
    ['no heading', utf8(`${LINE}\n`), 'Il manque les colonnes Id_ControleStudy, Id_Object, Id_UserModule, Name, StudyDate.'],
    [
      'a quote not closed',
      utf8(`${HEADING}\n1;1;1;"x;2026-01-01\n2;1;1;y;2026-01-01`),
      expect.stringMatching(/Ligne \d+ : un guillemet n’est pas fermé\./),
    ],
  ])('says so: %s', (_what, bytes, sentence) => {
    expect(inFrench(bytes)).toEqual([sentence]);
    expect(parseControlsCsv(bytes).controls).toEqual([]);
  });
});

describe('a line that cannot be read', () => {
  test.each([
    ['x1;145;97;n;2026-11-17', 'Ligne 3 : Id_ControleStudy n’est pas un nombre ("x1").', 1],
    ['1;;97;n;2026-11-17', 'Ligne 3 : Id_Object n’est pas un nombre ("").', 1],
    ['1;145;9.5;n;2026-11-17', 'Ligne 3 : Id_UserModule n’est pas un nombre ("9.5").', 1],
    ['-1;145;97;n;2026-11-17', 'Ligne 3 : Id_ControleStudy n’est pas un nombre ("-1").', 1],
    ['1;145;97', 'Ligne 3 : 3 colonnes seulement.', 1],
    ['1;145;97;n;31/02/2026', 'Ligne 3 : StudyDate n’est pas une date ("31/02/2026").', 2],
    ['1;145;97;n;2026-11-17T08:00Z', 'Ligne 3 : StudyDate n’est pas une date ("2026-11-17T08:00Z").', 2],
  ])('%s is named; a bad date alone keeps it', (line, sentence, kept) => {
    const bytes = utf8([HEADING, LINE, line].join('\n'));
    expect(inFrench(bytes)).toEqual([sentence]);
    expect(parseControlsCsv(bytes).controls).toHaveLength(kept);
  });

  test('however many there are, a thousand are named', () => {
    expect(read(...Array.from({ length: 1500 }, () => 'x;1;1;n;')).faults).toHaveLength(1000);
  });
});
