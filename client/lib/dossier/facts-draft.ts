import type { ChangeDossier, Dossier, Priority } from '#shared/dossiers/schemas.ts';
import { same } from './drafts.ts';

/** What a person writes of a dossier himself, as it is typed. */
export interface FactsDraft {
  machineId: string;
  priority: Priority;
  protocol: string;
  pathology: string;
  referringPhysician: string;
  /** Separated by commas. */
  tags: string;
}

/** The form of a dossier's own record. */
export function factsDraft({ machine, priority, protocol, pathology, referringPhysician, tags }: Dossier): FactsDraft {
  return {
    machineId: machine?.id ?? '',
    priority,
    protocol: protocol ?? '',
    pathology: pathology ?? '',
    referringPhysician: referringPhysician ?? '',
    tags: tags.join(', '),
  };
}

/** Only the fields that were changed, as the contract wants them: the history names them. */
export function changedFacts(before: FactsDraft, draft: FactsDraft): Omit<ChangeDossier, 'version'> {
  const now: Required<Omit<ChangeDossier, 'version'>> = {
    machineId: draft.machineId === '' ? null : draft.machineId,
    priority: draft.priority,
    protocol: orNull(draft.protocol),
    pathology: orNull(draft.pathology),
    referringPhysician: orNull(draft.referringPhysician),
    tags: tagsFrom(draft.tags),
  };
  const changed = (Object.keys(now) as (keyof FactsDraft)[]).filter((field) => !same(before[field], draft[field])); // the keys of a literal are its type's keys
  return Object.fromEntries(changed.map((field) => [field, now[field]]));
}

/** Tags as typed: parted at commas, each once, none empty. */
export function tagsFrom(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    ),
  ];
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
