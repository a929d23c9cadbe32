import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { SettingsError } from './settings-error.ts';

const INDENT = 4;

/**
 * conf.yaml with `key` as node.private_key. Comments, order and all other keys stay; spacing is made even.
 *
 * @throws SettingsError CONF_UNPARSABLE when the text has no place for the key.
 */
export function withGeneratedKey(text: string, key: string): string {
  const document = parseDocument(text, { prettyErrors: false });
  const node = document.get('node', true);
  const isOpen =
    node === undefined || node === null || isMap(node) || (isScalar(node) && node.value === null);
  const hasRoot = document.contents === null || isMap(document.contents) || isEmptyScalar(document.contents);
  if (document.errors.length > 0 || !isOpen || !hasRoot) {
    throw new SettingsError('failed to parse YAML config: no mapping that a private key could be added to', {
      code: 'CONF_UNPARSABLE',
    });
  }
  if (isEmptyScalar(document.contents)) document.contents = null;
  if (isMap(node)) node.set('private_key', key);
  else document.set('node', withCommentsOf(node, document.createNode({ private_key: key })));
  return document.toString({ indent: INDENT, lineWidth: 0 });
}

/** `map` with the comments that stood in an empty section. */
function withCommentsOf(empty: unknown, map: YAMLMap): YAMLMap {
  if (isScalar(empty)) {
    map.commentBefore = [empty.commentBefore, empty.comment]
      .filter((own) => typeof own === 'string')
      .join('\n');
  }
  return map;
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}
