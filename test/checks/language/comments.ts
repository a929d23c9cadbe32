import { LanguageVariant, SyntaxKind } from 'typescript/unstable/ast';
import { createScanner, type Scanner } from 'typescript/unstable/ast/scanner';
import type { Passage } from './passage.ts';

/** A comment with its markers, and the number of its first line. */
interface RawComment {
  readonly text: string;
  readonly line: number;
  readonly isBlock: boolean;
  /** Whether nothing but white space stands before it on its line. */
  readonly isAlone: boolean;
}

/** Tokens that end an expression, so that a slash behind them divides. */
const VALUES: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.PrivateIdentifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword,
  SyntaxKind.SuperKeyword,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.NullKeyword,
]);

/** The comments of a TypeScript source without their markers; line comments on successive lines are one passage. */
export function commentsIn(source: string): readonly Passage[] {
  const passages: Passage[] = [];
  let before: RawComment | undefined;
  for (const comment of rawComments(source)) {
    const lines = withoutMarkers(comment);
    const last = passages.at(-1);
    if (last !== undefined && continues(comment, before)) {
      passages[passages.length - 1] = { line: last.line, lines: [...last.lines, ...lines] };
    } else {
      passages.push({ line: comment.line, lines });
    }
    before = comment;
  }
  return passages;
}

function continues(comment: RawComment, before: RawComment | undefined): boolean {
  const isNext = before !== undefined && before.line + 1 === comment.line;
  return isNext && !comment.isBlock && !before.isBlock && comment.isAlone;
}

function withoutMarkers({ text, isBlock }: RawComment): readonly string[] {
  if (!isBlock) return [text.replace(/^\/\/+ ?/, '')];
  const body = text.replace(/^\/\*+ ?/, '').replace(/ ?\*+\/$/, '');
  return body.split('\n').map((line, index) => (index === 0 ? line : line.replace(/^\s*\*? ?/, '')));
}

function rawComments(source: string): readonly RawComment[] {
  const comments: RawComment[] = [];
  const scanner = createScanner(false, LanguageVariant.Standard, source);
  /** Kinds of the braces that are open: those of a template end in its next part. */
  const braces: boolean[] = [];
  let line = 1;
  let counted = 0;
  let previous: SyntaxKind = SyntaxKind.Unknown;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const token = asParsed(scanner, kind, previous, braces);
    if (token === SyntaxKind.SingleLineCommentTrivia || token === SyntaxKind.MultiLineCommentTrivia) {
      const start = scanner.getTokenStart();
      line += linesIn(source.slice(counted, start));
      counted = start;
      const lead = source.slice(source.lastIndexOf('\n', start) + 1, start);
      comments.push({
        text: scanner.getTokenText(),
        line,
        isBlock: token === SyntaxKind.MultiLineCommentTrivia,
        isAlone: lead.trim() === '',
      });
    } else if (token !== SyntaxKind.WhitespaceTrivia && token !== SyntaxKind.NewLineTrivia) {
      previous = token;
    }
  }
  return comments;
}

/** The token as a parser has it: a scanner alone takes a regular expression for a division, and the rest of a template for code. */
function asParsed(scanner: Scanner, kind: SyntaxKind, previous: SyntaxKind, braces: boolean[]): SyntaxKind {
  switch (kind) {
    case SyntaxKind.SlashToken:
    case SyntaxKind.SlashEqualsToken:
      return VALUES.has(previous) ? kind : scanner.reScanSlashToken();
    case SyntaxKind.TemplateHead:
      braces.push(true);
      return kind;
    case SyntaxKind.OpenBraceToken:
      braces.push(false);
      return kind;
    case SyntaxKind.CloseBraceToken:
      return braces.pop() === true ? templatePart(scanner, braces) : kind;
    default:
      return kind;
  }
}

function templatePart(scanner: Scanner, braces: boolean[]): SyntaxKind {
  const part = scanner.reScanTemplateToken(false);
  if (part === SyntaxKind.TemplateMiddle) braces.push(true);
  return part;
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
