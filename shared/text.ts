const LETTERS: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ø: 'o', ł: 'l', ß: 'ss', đ: 'd' };

/** A text as it is compared and sorted: lower case, without accents; letters that carry no separable accent by their usual spelling. */
export function plainText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[œæøłßđ]/g, (letter) => LETTERS[letter] ?? letter)
    .trim();
}
