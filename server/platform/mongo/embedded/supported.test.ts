import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accumulators } from './accumulators.ts';
import { stages } from './aggregation.ts';
import { families } from './expressions.ts';
import { clauses, conditions } from './matcher.ts';
import { refusedNames, supported } from './supported.ts';
import { changes } from './update-operators.ts';

const all = (part: Readonly<Record<string, readonly string[]>>): string[] => Object.values(part).flat().sort();
const names = (...tables: object[]): string[] => tables.flatMap((table) => Object.keys(table)).sort();

test('the closed list names what the tables of operators hold, and nothing else', () => {
  expect(all(supported.query)).toEqual(names(conditions, clauses));
  expect([...supported.update.fields, ...supported.update.arrays].sort()).toEqual([...names(changes), '$rename'].sort());
  expect(all(supported.stages)).toEqual(names(stages));
  expect(all(supported.accumulators)).toEqual(names(accumulators));
  for (const [family, operators] of Object.entries(families))
    expect([...supported.expressions[family as keyof typeof families]].sort()).toEqual(names(operators)); // both have the same families
});

test('nothing is both supported and refused', () => {
  expect(all(supported.expressions).filter((name) => refusedNames.expressions.includes(name))).toEqual([]);
  expect(all(supported.stages).filter((name) => refusedNames.stages.includes(name))).toEqual([]);
  expect(all(supported.query).filter((name) => refusedNames.query.includes(name))).toEqual([]);
  expect(all(supported.accumulators).filter((name) => refusedNames.accumulators.includes(name))).toEqual([]);
});

test('every entry of the closed list is used by a test or a conformance case', () => {
  const folder = import.meta.dirname;
  const tests = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name !== 'supported.test.ts');
  const cases = readdirSync(join(folder, 'conformance')).map((name) => join('conformance', name));
  const text = [...tests, ...cases].map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const used = new Set(text.match(/\$[A-Za-z][A-Za-z0-9]*/g));
  const listed = [
    supported.query,
    supported.projection,
    supported.update,
    supported.stages,
    supported.accumulators,
    supported.expressions,
  ].flatMap((part) => all(part));
  expect(listed.filter((name) => /^\$[a-zA-Z]/.test(name) && !used.has(name))).toEqual([]);
});
