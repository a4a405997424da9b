import { previewConfigCall, readConfigCall, saveConfigCall, suggestRuleCall } from '#shared/qa/api.ts';
import type { QaConfig } from '#shared/qa/config.ts';
import type { ConfigPreview, ConfigVersion } from '#shared/qa/page-schemas.ts';
import type { QaType } from '#shared/qa/controls.ts';
import type { Reply } from '#shared/http.ts';
import { ApiError, call } from '../api/index.ts';
import { Act } from './act.svelte.ts';
import { followQa } from './follow.svelte.ts';
import { configOf, fieldsOf, problemsIn, sameFields, type RulesFields } from './rules-fields.ts';

/** The rules in force, a change of them under way, and what it would do. What was typed is kept through every refusal. */
export class Rules {
  resource = followQa<Reply<typeof readConfigCall>>(
    (signal) => call(readConfigCall, {}, { signal }),
    (fact) => fact.type === 'qa:config',
  );
  fields = $state<RulesFields>();
  /** The version that the change is made from. */
  base = $state.raw<ConfigVersion>();
  note = $state('');
  preview = $state.raw<ConfigPreview>();
  /** What a control's own page proposed. */
  suggested = $state<'module' | 'name'>();
  saved = $state<number>();
  tried = $state(false);
  readonly act = new Act();
  readonly suggesting = new Act();
  /** The rules for which the effect was looked at. */
  #previewed = $state<string>();
  problems = $derived(this.fields ? problemsIn(this.fields) : { fields: {}, twice: [] });
  wrong = $derived(Object.keys(this.problems.fields).length > 0 || this.problems.twice.length > 0);
  dirty = $derived(this.fields !== undefined && this.base !== undefined && !sameFields(this.fields, this.base.config));
  /** The effect in view is that of the rules in view. */
  looked = $derived(this.fields !== undefined && this.#previewed === JSON.stringify(this.fields));
  /** Somebody saved other rules while a change was under way here. */
  newer = $derived.by(() => {
    const current = this.resource.data?.current;
    return current && this.base && current.version > this.base.version ? current : undefined;
  });

  /** Takes over what others saved; a change under way is kept. */
  follow(current: ConfigVersion): void {
    if (this.base && (this.dirty || current.version <= this.base.version)) return;
    this.begin(current);
  }

  begin(version: ConfigVersion): void {
    this.base = version;
    this.take(version.config);
    this.suggested = undefined;
    this.note = '';
    this.tried = false;
  }

  /** Puts a version's rules into the form, to be saved as a new one. */
  take(config: QaConfig): void {
    this.fields = fieldsOf(config);
    this.preview = undefined;
    this.#previewed = undefined;
    this.act.clear();
  }

  /** Keeps what was typed and makes it a change of what was saved meanwhile. */
  keepMine(): void {
    if (this.newer) this.base = this.newer;
    this.preview = undefined;
    this.#previewed = undefined;
  }

  async suggest(control: number, type: QaType): Promise<void> {
    const suggestion = await this.suggesting.run(() => call(suggestRuleCall, { body: { control, type } }));
    if (!suggestion) return;
    this.take(suggestion.config);
    this.suggested = suggestion.kind;
    await this.look();
  }

  /** What these rules would change in the last 90 days. */
  async look(): Promise<void> {
    const { fields, base } = this;
    if (!fields || !base || this.wrong) return;
    const looked = JSON.stringify(fields);
    const config = configOf($state.snapshot(fields), base.config);
    const preview = await this.act.run(() => call(previewConfigCall, { body: { config } }));
    if (!preview) return;
    this.preview = preview;
    this.#previewed = looked;
  }

  async save(): Promise<void> {
    this.tried = true;
    const { fields, base, note } = this;
    if (!fields || !base || this.wrong || note.trim() === '') return;
    const config = configOf($state.snapshot(fields), base.config);
    const version = await this.act.run(() => this.#send(base.version, config, note.trim()));
    if (!version) return;
    const known = this.resource.data;
    if (known) this.resource.set({ current: version, former: [known.current, ...known.former] });
    this.begin(version);
    this.saved = version.version;
  }

  async #send(version: number, config: QaConfig, note: string): Promise<ConfigVersion> {
    try {
      return await call(saveConfigCall, { body: { version, config, note } });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await this.resource.reload();
      throw error;
    }
  }
}
