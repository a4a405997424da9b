import { admin } from './fr/admin.ts';
import { board } from './fr/board.ts';
import { dossier } from './fr/dossier.ts';
import { machines } from './fr/machines.ts';
import { notifications } from './fr/notifications.ts';
import { pacs } from './fr/pacs.ts';
import { patients } from './fr/patients.ts';
import { qa } from './fr/qa.ts';
import { screens } from './fr/screens.ts';
import { session } from './fr/session.ts';
import { shell } from './fr/shell.ts';
import { ui } from './fr/ui.ts';
import { wall } from './fr/wall.ts';

export const fr = { admin, board, dossier, machines, notifications, pacs, patients, qa, screens, session, shell, ui, wall };
