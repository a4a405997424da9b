/** What a screen reader says of a change that happens without focus moving there. */
class Announcer {
  text = $state('');

  say(text: string): void {
    // The same sentence twice is not announced: the no-break space makes it differ.
    this.text = this.text === text ? `${text}\u00A0` : text;
  }
}

export const announcer = new Announcer();
