import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { editYaml } from './yaml-edit.ts';

const PEERS = 'peers:\n    - public_key: "a"\n      addresses:\n          - x\n';
const TWO_SPACES = 'peers:\n  - public_key: "a"\n    addresses:\n      - x\n';
const FLUSH = 'peers:\n- public_key: "a"\n  addresses:\n  - x\n';

describe('an edited YAML file', () => {
  for (const [style, text] of [
    ['four spaces, as a new home has it', PEERS],
    ['two spaces', TWO_SPACES],
    ['lists that are not indented', FLUSH],
  ]) {
    test(`keeps its indentation: ${style}`, () => {
      assert.equal(
        editYaml(text ?? '', () => {}),
        text,
      );
    });
  }

  test('takes an entry that is pasted in the style of the others after the program wrote', () => {
    const written = editYaml(PEERS, (document) => document.setIn(['peers', 0, 'last_seen'], 'now'));
    const pasted = `${written}    - public_key: "b"\n      addresses:\n          - y\n`;
    const all = editYaml(pasted, (document) => document.setIn(['peers', 1, 'last_seen'], 'now'));
    assert.equal(all.match(/^ {4}- public_key/gm)?.length, 2);
  });
});
