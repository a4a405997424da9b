/** A document as its author thinks of it: no coordinates. It goes to another thread, so it is data and nothing else. */
export interface PdfDocument {
  readonly title: string;
  readonly author: string;
  readonly language: string;
  /** When it was made, in milliseconds since 1970: the file says so, and nothing else of it depends on a clock. */
  readonly madeAtMs: number;
  /** Stands at the foot of every page, left; the page's number right: `{page}` and `{pages}` are put in. */
  readonly foot: { readonly left: string; readonly page: string };
  readonly blocks: readonly PdfBlock[];
}

export type PdfBlock = PdfHeading | PdfText | PdfTable;

/** A title of level 1 or 2, with a bookmark. `newPage`: it begins one. */
export interface PdfHeading {
  readonly kind: 'heading';
  readonly level: 1 | 2;
  readonly text: string;
  readonly newPage?: boolean;
}

/** A paragraph; `quiet` ones are smaller and grey, `indent`ed ones stand under what they belong to. */
export interface PdfText {
  readonly kind: 'text';
  readonly text: string;
  readonly bold?: boolean;
  readonly quiet?: boolean;
  readonly indent?: boolean;
}

/** A table whose head is repeated on each page. Widths are shares of the page's width. */
export interface PdfTable {
  readonly kind: 'table';
  readonly columns: readonly { readonly title: string; readonly width: number; readonly right?: boolean }[];
  readonly rows: readonly (readonly string[])[];
}
