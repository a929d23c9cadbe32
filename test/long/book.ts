// Each chapter of the operator's book can be followed as it is written: every command is typed on its host, and its answer compared.
import { test } from 'node:test';
import { chaptersRunBy, runChapter } from '#test/support/book/chapters.ts';
import { withoutPromtool } from '#test/support/metrics/promtool.ts';

for (const chapter of chaptersRunBy('test/long/book.ts'))
  test(chapter.page, { skip: withoutPromtool }, (context) =>
    runChapter(chapter, (text) => context.diagnostic(text)),
  );
