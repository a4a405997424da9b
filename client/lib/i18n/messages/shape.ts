import type { AdminMessages } from './fr/admin.ts';
import type { BoardMessages } from './fr/board.ts';
import type { DossierMessages } from './fr/dossier.ts';
import type { MachinesMessages } from './fr/machines.ts';
import type { NotificationsMessages } from './fr/notifications.ts';
import type { PacsMessages } from './fr/pacs.ts';
import type { PatientsMessages } from './fr/patients.ts';
import type { QaMessages } from './fr/qa.ts';
import type { ScreensMessages } from './fr/screens.ts';
import type { SessionMessages } from './fr/session.ts';
import type { ShellMessages } from './fr/shell.ts';
import type { UiMessages } from './fr/ui.ts';
import type { WallMessages } from './fr/wall.ts';

/** Every text of the client: French defines the shape, each feature in its own file. */
export interface Messages {
  admin: AdminMessages;
  board: BoardMessages;
  dossier: DossierMessages;
  machines: MachinesMessages;
  notifications: NotificationsMessages;
  pacs: PacsMessages;
  patients: PatientsMessages;
  qa: QaMessages;
  screens: ScreensMessages;
  session: SessionMessages;
  shell: ShellMessages;
  ui: UiMessages;
  wall: WallMessages;
}
