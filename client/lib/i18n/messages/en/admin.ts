import type { AdminMessages } from '../fr/admin.ts';

export const admin: AdminMessages = {
  title: 'Administration',
};
