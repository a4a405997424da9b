import { link, mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './text.ts';

export type DiskFault = 'disk full' | 'read-only' | 'disk error';

/** What an error of the file system means to an administrator; null when it is none. */
export function diskFault(error: unknown): DiskFault | null {
  const code = errorCode(error);
  if (code === null || !/^E[A-Z0-9]+$/.test(code)) return null;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk full';
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'read-only' : 'disk error';
}

/** Makes folders' entries durable. One sync serves all who asked while the last one ran: they wait together, not one after another. */
export interface FolderSync {
  sync(folder: string): Promise<void>;
  /** Makes a folder and all above it, durably. Remembers those it made or saw. */
  make(folder: string): Promise<void>;
  /** A folder is not there any more, whatever was remembered. */
  forget(folder: string): void;
  /** Closes what is kept open. */
  close(): void;
}

interface Turn {
  readonly running: Promise<void>;
  next: Promise<void> | null;
}

const MAX_KNOWN = 20_000;

export function createFolderSync(): FolderSync {
  const folders = createOpenFolders();
  const turns = new Map<string, Turn>();
  const known = new Set<string>();
  const making = new Map<string, Promise<void>>();

  async function sync(folder: string): Promise<void> {
    const turn = turns.get(folder);
    if (!turn) return start(folder);
    // The one that runs may have begun before our entry was made: only the next one is sure to hold it.
    turn.next ??= turn.running.then(
      () => start(folder),
      () => start(folder),
    );
    return turn.next;
  }

  function start(folder: string): Promise<void> {
    const running = folders.sync(folder);
    const turn: Turn = { running, next: null };
    turns.set(folder, turn);
    const done = () => {
      if (turns.get(folder) === turn && turn.next === null) turns.delete(folder);
    };
    running.then(done, done);
    return running;
  }

  async function makeNow(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) {
      for (let made = folder; ; made = dirname(made)) {
        await sync(dirname(made));
        if (made === first || dirname(made) === made) break;
      }
    }
    if (known.size >= MAX_KNOWN) known.clear();
    known.add(folder);
  }

  return {
    sync,
    async make(folder) {
      if (known.has(folder)) return;
      // Two objects of a new series at once: the second must not go on before the folder's own entry is durable.
      const running = making.get(folder) ?? makeNow(folder).finally(() => making.delete(folder));
      making.set(folder, running);
      return running;
    },
    forget(folder) {
      known.delete(folder);
      folders.forget(folder);
    },
    close: () => folders.close(),
  };
}

/** Gives a file a second name, durable once its folder is synced. Where the file system has no links, it is renamed. */
export async function place(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) throw error;
    if (await exists(to)) throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
    await rename(from, to);
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false;
      throw error;
    },
  );
}

/** Removes a file that may not be there. */
export async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
}

/** Folders that are kept open: opening one for each object would cost as much as writing it. */
const MAX_OPEN = 16;

interface OpenFolders {
  sync(folder: string): Promise<void>;
  forget(folder: string): void;
  close(): void;
}

function createOpenFolders(): OpenFolders {
  const handles = new Map<string, Promise<FileHandle | null>>();

  function handleOf(folder: string): Promise<FileHandle | null> {
    const known = handles.get(folder);
    const handle = known ?? openFolder(folder);
    handles.delete(folder);
    handles.set(folder, handle); // the last used one last
    if (known === undefined) {
      handle.catch(() => handles.delete(folder));
      evict();
    }
    return handle;
  }

  function forget(folder: string): void {
    const handle = handles.get(folder);
    handles.delete(folder);
    // A sync of it may run still: closing waits for that.
    void handle?.then((open) => open?.close()).catch(() => undefined);
  }

  function evict(): void {
    const [oldest] = handles.keys();
    if (handles.size > MAX_OPEN && oldest !== undefined) forget(oldest);
  }

  return {
    forget,
    close() {
      for (const folder of [...handles.keys()]) forget(folder);
    },
    async sync(folder) {
      const handle = await handleOf(folder);
      await handle?.sync();
    },
  };
}

function openFolder(folder: string): Promise<FileHandle | null> {
  return open(folder, 'r').catch((error: unknown) => {
    // Windows opens no folders; its file system makes entries durable by itself.
    if (process.platform === 'win32') return null;
    throw error;
  });
}
