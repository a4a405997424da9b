import { changeMachineCall, createMachineCall } from '#shared/machines/api.ts';
import { Machine } from '#shared/machines/schemas.ts';
import { ApiError, call, failureText } from '../api/index.ts';
import { currentIn, mergedWith } from '../forms/current.ts';
import { m } from '../i18n/index.ts';
import { fieldsOf, NEW_MACHINE, textOf, type MachineField, type MachineText } from './machine-fields.ts';

/** The form of a machine of the registry, new or known. What was typed is kept through every refusal. */
export class MachineForm {
  fields = $state<MachineText>(structuredClone(NEW_MACHINE));
  stored = $state.raw<Machine>();
  /** The machine as somebody else left it while this form was open. */
  newer = $state.raw<Machine>();
  failure = $state<string>();
  busy = $state(false);
  #wrong = $state<MachineField[]>([]);
  #taken = $state(false);

  get dirty(): boolean {
    const base = this.stored ? textOf(this.stored) : NEW_MACHINE;
    return JSON.stringify(this.fields) !== JSON.stringify(base);
  }

  error(field: MachineField): string | undefined {
    if (field === 'id' && this.#taken) return failureText(new ApiError(409, 'machine.exists', ''));
    if (!this.#wrong.includes(field)) return undefined;
    return this.fields[field] === '' ? m.admin.forms.required : m.admin.forms.invalid;
  }

  follow(stored: Machine): void {
    if (this.stored?.id === stored.id && (this.dirty || stored.version <= this.stored.version)) return;
    this.#start(stored);
  }

  async save(): Promise<Machine | undefined> {
    if (this.busy) return undefined;
    this.failure = undefined;
    this.newer = undefined;
    this.#taken = false;
    const { stored } = this;
    const read = fieldsOf(this.fields, stored === undefined);
    this.#wrong = 'wrong' in read ? read.wrong : [];
    if ('wrong' in read) return undefined;
    this.busy = true;
    try {
      const saved = stored
        ? await call(changeMachineCall, { params: { id: stored.id }, body: { ...read.fields, version: stored.version } })
        : await call(createMachineCall, { body: { ...read.fields, id: this.fields.id } });
      this.#start(saved);
      return saved;
    } catch (error) {
      this.#refused(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  takeStored(): void {
    if (this.newer) this.#start(this.newer);
  }

  keepMine(): void {
    this.stored = this.newer;
    this.newer = undefined;
  }

  #start(machine: Machine): void {
    this.stored = machine;
    this.fields = structuredClone(textOf(machine));
    this.newer = undefined;
    this.failure = undefined;
    this.#wrong = [];
  }

  #refused(error: unknown): void {
    const code = error instanceof ApiError ? error.code : undefined;
    const current = code === 'machine.changed' && error instanceof ApiError ? Machine.safeParse(currentIn(error.details)) : undefined;
    if (current?.success && this.stored) {
      this.fields = mergedWith($state.snapshot(this.fields), textOf(this.stored), textOf(current.data));
      this.newer = current.data;
    } else if (code === 'machine.exists') this.#taken = true;
    else this.failure = failureText(error);
  }
}
