import { admin } from './en/admin.ts';
import { board } from './en/board.ts';
import { dossier } from './en/dossier.ts';
import { machines } from './en/machines.ts';
import { notifications } from './en/notifications.ts';
import { pacs } from './en/pacs.ts';
import { patients } from './en/patients.ts';
import { qa } from './en/qa.ts';
import { screens } from './en/screens.ts';
import { session } from './en/session.ts';
import { shell } from './en/shell.ts';
import { ui } from './en/ui.ts';
import { wall } from './en/wall.ts';

export const en = { admin, board, dossier, machines, notifications, pacs, patients, qa, screens, session, shell, ui, wall };
