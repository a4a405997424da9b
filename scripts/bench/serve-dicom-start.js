// Plain JavaScript, as `npm start`: the first file is read before the cache is set, and the compiler of types would stay in memory because of it.
import { enableCompileCache } from 'node:module';
import path from 'node:path';

enableCompileCache(path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled'));
await import('./serve-dicom.ts');
