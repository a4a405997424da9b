// One door to the document model: what other parts of the engine import.
export * from './model.ts';
export { decode, encode } from './codec.ts';
export { compareNumbers, compareStrings, compareValues, equalValues, valueKey } from './compare.ts';
export { indexKey, typeBracket } from './keys.ts';
export { getPath, pathTuples, pathValues } from './paths.ts';
