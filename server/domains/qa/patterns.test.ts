import { describe, expect, test } from 'vitest';
import { DEFAULT_QA_CONFIG } from '#shared/qa/default-config.ts';
import { pick, seededRandom } from '#shared/random.ts';
import { compileRules, isPlain, linear, native, patternFaults, testOf } from './patterns.ts';

const { rules } = DEFAULT_QA_CONFIG;
const { match } = compileRules(DEFAULT_QA_CONFIG);

/** The page's rule, written as it stands there, `|` between spaces. */
const PAGE: Readonly<Record<keyof typeof rules, RegExp>> = {
  exclusion: /(?<![\p{L}\p{N}])(?:test|essai|[àa] ?supp(rimer)?)(?![\p{L}\p{N}])/iu,
  CQM: /(?<![\p{L}\p{N}])(?:cqm|contr[oô]les? ?qualit[eé]s? ?mensuel(le)?s?)(?![\p{L}\p{N}])/iu,
  CQH: /(?<![\p{L}\p{N}])(?:cqh|contr[oô]les? ?qualit[eé]s? ?hebdo(madaire)?s?)(?![\p{L}\p{N}])/iu,
  CQS: /(?<![\p{L}\p{N}])(?:cqs|contr[oô]les? ?qualit[eé]s? ?semestriel(le)?s?)(?![\p{L}\p{N}])/iu,
  CQQ: /(?<![\p{L}\p{N}])(?:cqq|top ?(du)? ?jour|quotidien(ne)?)(?![\p{L}\p{N}])/iu,
};

describe('the name rules', () => {
  test.each([
    ['CQM', ['CQM'], false],
    ['cqm 11/2026', ['CQM'], false],
    ['Versa HD 3 - CQM_novembre', ['CQM'], false],
    ['CQMensuel', [], false],
    ['XCQM', [], false],
    ['CQM2', [], false],
    ['2CQM', [], false],
    ['éCQM', [], false],
    ['CQMà', [], false],
    ['contrôle qualité mensuel', ['CQM'], false],
    ['controles qualites mensuelles', ['CQM'], false],
    ['Contrôle Qualité Mensuel', ['CQM'], false],
    ['contrôlequalitémensuel', ['CQM'], false],
    ['contrôle qualité hebdo', ['CQH'], false],
    ['contrôle qualité hebdomadaires', ['CQH'], false],
    ['contrôle qualité semestrielle', ['CQS'], false],
    ['top jour', ['CQQ'], false],
    ['TOP DU JOUR', ['CQQ'], false],
    ['topdujour', ['CQQ'], false],
    ['quotidien', ['CQQ'], false],
    ['Quotidienne 6MV', ['CQQ'], false],
    ['CQM CQS', ['CQM', 'CQS'], false],
    ['CQM à supp', ['CQM'], true],
    ['CQM à supprimer', ['CQM'], true],
    ['CQM asupp', ['CQM'], true],
    ['CQM À SUPP', ['CQM'], true],
    ['à supp', [], true],
    ['test', [], true],
    ['Essai CQH', ['CQH'], true],
    ['CQM tests', ['CQM'], false],
    ['Contest', [], false],
    ['à support', [], false],
    ['voilà supp', [], false],
    ['', [], false],
  ])('%j: types %j, excluded %s, in NFC and in NFD', (name, types, excluded) => {
    for (const form of ['NFC', 'NFD'] as const) expect(match(name.normalize(form)), form).toEqual({ types, excluded });
  });

  test('"à" decomposed is still excluded: a deleted control never counts as done', () => {
    expect('CQM a\u0300 supp'.normalize('NFC')).toBe('CQM à supp');
    expect(match('CQM a\u0300 supp').excluded).toBe(true);
  });

  test('a name of 4,000 characters is judged, at its end too, and at once', () => {
    const long = `${'contrôles qualités '.repeat(210)}CQS`;
    const start = performance.now();
    expect(match(long)).toEqual({ types: ['CQS'], excluded: false });
    expect(match('é'.repeat(4000)).types).toEqual([]);
    expect(performance.now() - start).toBeLessThan(200);
  });

  test('an empty rule matches nothing', () => {
    const { match: none } = compileRules({ ...DEFAULT_QA_CONFIG, rules: { exclusion: '', CQH: '', CQM: '', CQS: '', CQQ: '' } });
    expect(none('CQM test')).toEqual({ types: [], excluded: false });
  });

  test('a rule with a digit tells digits apart', () => {
    const { match: some } = compileRules({ ...DEFAULT_QA_CONFIG, rules: { ...rules, CQS: 'semestre 1' } });
    expect([some('semestre 2').types, some('semestre 1').types, some('semestre 3').types]).toEqual([[], ['CQS'], []]);
  });
});

describe('both engines', () => {
  const random = seededRandom(6);
  const PIECES =
    'cqm cqh CQS cqq test essai à a À supp rimer contrôle controle s qualité qualite mensuel le hebdo madaire semestriel top du jour quotidien ne'
      .split(' ')
      .concat([' ', ' ', ' ', '-', '_', '1', 'é', 'e\u0301', 'ſ', 'K', 'ß', '\n', '.', '٣', '😀', '/', 'x']);
  const names = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(random, PIECES))
      .join('')
      .normalize('NFC'),
  );

  test.each(Object.keys(PAGE) as (keyof typeof PAGE)[])('read the rule %s as the page writes it, on 20,000 names', (rule) => {
    expect(isPlain(rules[rule])).toBe(true);
    const [fast, safe, ours] = [native(rules[rule]), linear(rules[rule]), testOf(rules[rule])];
    const differing = names.filter((name) => {
      const page = PAGE[rule].test(name);
      return fast(name) !== page || safe(name) !== page || ours(name) !== page;
    });
    expect(differing).toEqual([]);
    expect(names.filter((name) => PAGE[rule].test(name)).length).toBeGreaterThan(50);
  });

  test.each([
    '(a+)+',
    '(a|a)*b',
    '(?:a?){30}a{30}',
    'a*a*a*a*b',
    '(a?|a)(a?|a)(a?|a)(a?|a)(a?|a)',
    'a?a?a?a?a?a?a?a?a?b',
    '.*',
    '[^a]',
    '\\d',
  ])('the pattern %s goes to the one that cannot run for ever', (pattern) => {
    expect(isPlain(pattern)).toBe(false);
    const start = performance.now();
    testOf(pattern)(`${'a'.repeat(4000)}!`);
    expect(performance.now() - start).toBeLessThan(1500);
  });

  test('what is left to the fast one stays fast at its worst', () => {
    const start = performance.now();
    expect(isPlain('a?a?a?a?a?a?a?a?b')).toBe(true);
    native('a?a?a?a?a?a?a?a?b')('aaaaaaaa '.repeat(444));
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('faults of the name rules', () => {
  test('the default rules have none', () => {
    expect(patternFaults(rules)).toEqual([]);
  });

  test.each([
    ['(cqm', 'invalid'],
    ['cqm)|(x', 'invalid'],
    ['*', 'invalid'],
    ['[z-a]', 'invalid'],
    ['cqm(?=x)', 'invalid'],
    ['(a)\\1', 'invalid'],
    ['(cqm)?', 'empty'],
    ['cqm|', 'empty'],
    ['.*', 'empty'],
  ])('%s is named: %s', (pattern, fault) => {
    expect(patternFaults({ ...rules, CQS: pattern })).toEqual([{ rule: 'CQS', fault, detail: expect.stringMatching(/./) }]);
  });
});
