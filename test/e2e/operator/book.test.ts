import { test } from 'node:test';
import { chaptersRunBy, runChapter } from '#test/support/book/chapters.ts';

for (const chapter of chaptersRunBy('test/e2e/operator/book.test.ts'))
  test(`the operator's book can be followed as it is written: ${chapter.page}`, (context) =>
    runChapter(chapter, (text) => context.diagnostic(text)));
