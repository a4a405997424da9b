/** The roles of a department, in the order in which every list shows them. Source: the seeds and `common.md`, "Roles and rights". */
export const ROLES = ['technologist', 'physicist', 'oncologist', 'dosimetrist', 'coordinator', 'secretary', 'manager', 'admin'] as const;

export type Role = (typeof ROLES)[number];

const CLINICAL = ['technologist', 'physicist', 'oncologist', 'dosimetrist', 'coordinator'] as const;

/**
 * Who may do what: the one table. Every route, socket topic and job names its right; what is not here is denied.
 * An administrator administers and does no clinical act.
 */
export const RIGHTS = {
  'patients:read': [...CLINICAL, 'secretary'],
  'patients:write': ['technologist', 'secretary', 'coordinator'],
  'dossiers:read': [...CLINICAL, 'secretary'],
  'dossiers:read-clinical': CLINICAL,
  'dossiers:create': ['technologist', 'coordinator'],
  'dossiers:write': ['technologist', 'coordinator', 'oncologist'],
  'dossiers:move': CLINICAL,
  'dossiers:tick': [...CLINICAL, 'secretary'],
  'dossiers:sign': ['oncologist', 'physicist'],
  'prescription:write': ['oncologist'],
  'plan:write': ['dosimetrist', 'physicist'],
  'sessions:run': ['technologist'],
  'workflow:read': [...CLINICAL, 'secretary', 'manager', 'admin'],
  'machines:read': ROLES,
  'machines:write': ['admin'],
  'qa:read': ROLES,
  'qa:set-light': ['physicist'],
  'qa:comment': ['physicist'],
  'qa:daily': ['physicist', 'technologist'],
  /** The rules of classification, and what the source is. */
  'qa:configure': ['physicist', 'admin'],
  'qa:override': ['physicist', 'oncologist'],
  'qa:fault': ['technologist', 'physicist'],
  'qa:return': ['physicist'],
  'pacs:monitor': [...CLINICAL, 'secretary', 'admin'],
  'pacs:lights': [...CLINICAL, 'secretary', 'admin'],
  'pacs:images': CLINICAL,
  /** The header of an instance: an administrator sees it without identity, to mend a modality. */
  'pacs:tags': [...CLINICAL, 'admin'],
  'pacs:manage': ['admin'],
  'pacs:attach': ['technologist'],
  'wall:read': ROLES,
  'screens:manage': ['admin'],
  'channels:manage': ['admin'],
  /** Hears that alerts cannot leave. */
  'alerts:health': ['physicist', 'admin'],
  'users:manage': ['admin'],
  'audit:read': ['admin', 'manager'],
  'settings:manage': ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

/** Whether a role holds a right. */
export function may(role: Role, right: Right): boolean {
  const holders: readonly Role[] = RIGHTS[right];
  return holders.includes(role);
}

/** The rights of a role, in the table's order. */
export function rightsOf(role: Role): Right[] {
  return (Object.keys(RIGHTS) as Right[]).filter((right) => may(role, right)); // the keys of a const object are its type's keys
}
