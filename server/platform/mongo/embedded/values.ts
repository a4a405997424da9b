// One door to the document model: what other parts of the engine import.
export * from './model.ts';
export { decode } from './decode.ts';
export { encode, type Writable } from './encode.ts';
export { compareValues, equalValues, valueKey } from './compare.ts';
export { indexKey } from './keys.ts';
export { pathTuples } from './paths.ts';
