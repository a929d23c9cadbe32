import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commentsIn } from './comments.ts';

/** Each comment as its first line, a colon and its text, lines joined by a bar. In `source`, code in a template begins with %{. */
const comments = (source: string): readonly string[] =>
  commentsIn(source.replaceAll('%{', '${')).map(({ line, lines }) => `${line}:${lines.join('|')}`);

describe('the comments of a source', () => {
  test('are those in lines, in blocks and behind code, without their markers', () => {
    const source = 'a; // one\n/** two */\n/*\n * three\n *\n * four\n */\nb(/* five */);\n';
    assert.deepEqual(comments(source), ['1:one', '2:two', '3:|three||four|', '8:five']);
  });

  test('are one where lines follow each other, and two where code or an empty line is between', () => {
    assert.deepEqual(comments('// one\n  // goes on\n\n// two\na;\n// three\n'), [
      '1:one|goes on',
      '4:two',
      '6:three',
    ]);
    assert.deepEqual(comments('a; // one\nb; // two\n// goes on\n'), ['1:one', '2:two|goes on']);
    assert.deepEqual(comments('/** one */\n// two\n'), ['1:one', '2:two']);
  });

  const others: readonly (readonly [what: string, source: string])[] = [
    ['a string', "'// none';"],
    ['a template', '`// none /* none */`;'],
    ['the parts of a template', 'a = `// none %{b({ c: `// none %{d}` })} // none %{e} /* none */`;'],
    ['a regular expression', 'a.match(/"\\/*[/*]/);'],
    ['a division', 'a = (b / c) / d["// none"] / 2;'],
  ];
  for (const [what, source] of others) {
    test(`are none within ${what}, and are found behind it`, () => {
      assert.deepEqual(comments(`${source} // one\n/* two */`), ['1:one', '2:two']);
    });
  }

  test('are found within the code of a template', () => {
    assert.deepEqual(comments('a = `x %{\n// one\n{ b } } // none`;'), ['2:one']);
    assert.deepEqual(comments('a = `%{f({ b }, "// none")} /* none */`; // one'), ['1:one']);
    assert.deepEqual(comments('a = `%{{ b } /* one */} // none`;'), ['1:one']);
  });
});
