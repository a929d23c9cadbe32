import { type ErrorCode, LineCounter, parseDocument } from 'yaml';
import { YAML_KEYS_MAX } from './limits.ts';
import { type KeyFault, keyFault } from './yaml-keys.ts';
import { YamlSection, YamlTypeError } from './yaml-section.ts';

/** Our own words for each syntax error: the parser's would quote the source, which may hold the private key. */
const PROBLEM: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have a tag or an anchor',
  BAD_ALIAS: 'an alias without an anchor before it',
  BAD_COLLECTION_TYPE: 'a tag that does not fit its value',
  BAD_DIRECTIVE: 'an unreadable % directive',
  BAD_DQ_ESCAPE: 'an unknown escape in double quotes',
  BAD_INDENT: 'wrong indentation, or a bracket or a quote that is never closed',
  BAD_PROP_ORDER: 'a tag or anchor in the wrong place',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping in one line; put it on lines of its own',
  BLOCK_IN_FLOW: 'a block inside brackets',
  DUPLICATE_KEY: 'the same key stands twice; remove one of the two',
  IMPOSSIBLE: 'unreadable',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters',
  MISSING_CHAR: 'a missing character, such as a quote, a bracket, a colon or a space after one',
  MULTILINE_IMPLICIT_KEY: 'a key over several lines; is a colon missing?',
  MULTIPLE_ANCHORS: 'two anchors on one value',
  MULTIPLE_DOCS: 'a second document; remove everything from the --- on',
  MULTIPLE_TAGS: 'two tags on one value',
  NON_STRING_KEY: 'a key that is not text',
  RESOURCE_EXHAUSTION: 'too deep or too large',
  TAB_AS_INDENT: 'a tab as indentation; use spaces',
  TAG_RESOLVE_FAILED: 'a tag that cannot be read',
  UNEXPECTED_TOKEN: 'something that does not belong here',
};

const KEY_PROBLEM: Readonly<Record<KeyFault['problem'], string>> = {
  duplicate: PROBLEM.DUPLICATE_KEY,
  'too-many': `more than ${YAML_KEYS_MAX} keys in one mapping; settings have a few each`,
};

/** Why a YAML text cannot be read, with its position; or its top level. */
export type YamlSource = { readonly root: YamlSection } | { readonly problem: string };

/** Parses one YAML document; duplicate keys are an error, and too many in a mapping. The problem text never quotes the source. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}: `;
  };
  const [error] = document.errors;
  if (error !== undefined) return { problem: `${at(error.pos[0])}${PROBLEM[error.code]}` };
  const fault = keyFault(document.contents);
  if (fault !== undefined) return { problem: `${at(fault.offset)}${KEY_PROBLEM[fault.problem]}` };
  try {
    return { root: YamlSection.root({ document, lines }) };
  } catch (error_) {
    if (error_ instanceof YamlTypeError) return { problem: error_.message };
    throw error_;
  }
}
