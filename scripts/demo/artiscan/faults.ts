import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SqlError } from './tokens.ts';

/** What goes wrong on purpose. Only tests in the same process switch it on: no text of a query does. */
export interface Fault {
  /** Before the answer; `Infinity` never answers. */
  delayMs?: number;
  rowDelayMs?: number;
  error?: { number: number; message?: string };
  /** Ends the connection: `reset` without a goodbye. */
  drop?: boolean | 'reset';
  /** The error or the drop comes after so many rows. */
  afterRows?: number;
}
export type Phase = 'connect' | 'prelogin' | 'login' | 'query';
export type Faults = (phase: Phase, sql?: string) => Fault | undefined;

/** The client went, or a fault ends the connection: nothing more is said. */
export class Ended extends Error {}

/** Does what a fault says: waits, refuses, or ends the connection. */
export async function sufferFault(fault: Fault | undefined, socket: Socket, signal: AbortSignal): Promise<void> {
  await pause(fault?.delayMs, signal);
  if (fault?.error) throw new SqlError(fault.error.number, fault.error.message ?? 'An error of the simulator.');
  if (!fault?.drop) return;
  if (fault.drop === 'reset') socket.resetAndDestroy();
  else socket.destroy();
  throw new Ended();
}

/** Waits, until the client's attention or its going at most. */
export async function pause(delayMs: number | undefined, signal: AbortSignal): Promise<void> {
  if (!delayMs) return;
  await wait(Math.min(delayMs, 2 ** 31 - 1), undefined, { signal, ref: false });
}
