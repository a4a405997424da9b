/** How long a toast stays, and with it the chance to take the act back. */
export const TOAST_MS = 10_000;

export interface Toast {
  id: number;
  text: string;
  /** Takes the act back; the toast goes when it is pressed. */
  undo?: (() => void) | undefined;
}

/** Results of one's own acts that left the view. Errors are never toasts: they stay beside the action. */
class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, undo?: () => void, lastsMs = TOAST_MS): number {
    const id = this.#next++;
    this.list.push({ id, text, undo });
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), lastsMs),
    );
    return id;
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  undo(toast: Toast): void {
    this.dismiss(toast.id);
    toast.undo?.();
  }

  clear(): void {
    for (const toast of [...this.list]) this.dismiss(toast.id);
  }
}

export const toasts = new Toasts();
