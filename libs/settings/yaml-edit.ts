import { type Document, isScalar, parseDocument } from 'yaml';

const INDENT_DEFAULT = 4;
const INDENT_MAX = 8;

/**
 * A YAML text with an edit made in it. Comments, order, quotes and everything that the edit does not touch stay; the
 * indentation is that of the file, made even. The text must parse.
 */
export function editYaml(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text, { prettyErrors: false });
  // `~` or nothing at all: the edit fills it.
  if (isScalar(document.contents) && document.contents.value === null) document.contents = null;
  edit(document);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, ...layoutOf(text) });
}

/** How the file is indented: by the first line that is, and whether its lists are. */
function layoutOf(text: string): { readonly indent: number; readonly indentSeq: boolean } {
  const indent = /^( +)[^\s#]/m.exec(text)?.[1]?.length ?? INDENT_DEFAULT;
  return {
    indent: indent > INDENT_MAX || indent < 2 ? INDENT_DEFAULT : indent,
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*\1- /m.test(text),
  };
}
