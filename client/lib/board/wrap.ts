/** Width in px of a text in the face of a card's reason. */
export type Measure = (text: string) => number;

/** Lines that a text takes when it breaks between words, as a browser would. */
export function linesOf(text: string, widthPx: number, measure: Measure): number {
  if (text === '') return 0;
  let lines = 1;
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > widthPx) {
      lines += 1;
      line = word;
    } else line = longer;
  }
  return lines;
}

let context: CanvasRenderingContext2D | null | undefined;

/** Measures with the page's own face and size of a reason: bold, `--text-xs`. */
export function reasonMeasure(): Measure {
  const style = getComputedStyle(document.documentElement);
  context ??= document.createElement('canvas').getContext('2d');
  const drawing = context;
  if (!drawing) return (text) => text.length * 6;
  const sizePx = Number.parseFloat(style.getPropertyValue('--text-xs')) * Number.parseFloat(style.fontSize);
  drawing.font = `700 ${sizePx}px ${style.getPropertyValue('--font')}`;
  return (text) => drawing.measureText(text).width;
}
