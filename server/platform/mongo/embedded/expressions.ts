import { totalling } from './accumulators.ts';
import { operators } from './expression.ts';
import { arithmetic } from './expressions-arithmetic.ts';
import { arrays, objects, sets } from './expressions-array.ts';
import { dates } from './expressions-date.ts';
import { logic } from './expressions-logic.ts';
import { strings } from './expressions-string.ts';

/** The families of operators, as in the closed list. */
export const families = { arithmetic, logic, strings, arrays, sets, objects, totals: totalling, dates };

for (const family of Object.values(families)) for (const [name, operator] of Object.entries(family)) operators.set(name, operator);

export { compile } from './expression.ts';
