import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Structured JSON log. What is logged never holds patient data: log identifiers of records, codes and counts only. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } });
}
