import type { Passage } from './passage.ts';

/** The prose of a Markdown page: without code blocks, headings and the head rows of tables; each cell is a passage. */
export function paragraphsIn(page: string): readonly Passage[] {
  const passages: Passage[] = [];
  const lines = page.split('\n');
  let isCode = false;
  let open: { readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, text] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(text)) isCode = !isCode;
    const isProse = !isCode && !/^\s*(?:```|~~~|#|\||$)/.test(text);
    if (isProse && open === undefined) {
      open = { line: index + 1, lines: [] };
      passages.push(open);
    }
    if (isProse) open?.lines.push(text.replace(/^>\s?/, ''));
    else open = undefined;
    if (!isCode && isBodyRow(text, lines[index + 1])) passages.push(...cellsOf(text, index + 1));
  }
  return passages;
}

function isBodyRow(text: string, next = ''): boolean {
  return text.startsWith('|') && !isRule(text) && !isRule(next);
}

function isRule(text: string): boolean {
  return /^\|[\s:|-]+\|$/.test(text);
}

function cellsOf(row: string, line: number): readonly Passage[] {
  return row
    .split('|')
    .map((cell) => ({ line, lines: [cell.trim()] }))
    .filter(({ lines }) => lines[0] !== '');
}
