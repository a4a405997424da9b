/** A text on the screen and how big it is there, in px of the screen. */
export interface SizedText {
  text: string;
  px: number;
}

/** Runs in the page: every text that can be seen within what a selector finds, with its size after every scale. */
export function sizesOfTexts(selector: string): SizedText[] {
  const skipped = '.sr, script, style, noscript';
  const texts = new Map<Node, Element>();
  for (const root of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (node.parentElement && node.textContent?.trim()) texts.set(node, node.parentElement);
  }
  return [...texts].flatMap(([node, parent]) => {
    const { width, height } = parent.getBoundingClientRect();
    const { visibility, fontSize } = getComputedStyle(parent);
    if (parent.closest(skipped) || width <= 1 || height <= 1 || visibility !== 'visible') return [];
    // A computed size counts the page's zoom already; only drawings have a scale of their own.
    const scale = parent instanceof SVGGraphicsElement ? (parent.getScreenCTM()?.a ?? 1) : 1;
    const text = (node.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    return [{ text, px: Math.round(Number.parseFloat(fontSize) * scale * 10) / 10 }];
  });
}
