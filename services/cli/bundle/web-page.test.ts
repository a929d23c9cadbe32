import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { BUNDLE_LIMITS } from './limits.ts';
import { webPage } from './web-page.ts';

async function served(status: number, text: string) {
  const server = createServer((_request, response) => response.writeHead(status).end(text)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const place = `127.0.0.1:${port}`;
  return { place, [Symbol.asyncDispose]: async () => void server.close() };
}

describe('webPage', () => {
  test('has status and text', async () => {
    await using server = await served(503, 'not ready: quorum');
    assert.deepEqual(await webPage(server.place, '/readyz'), {
      ...{ status: 503, text: 'not ready: quorum', isCut: false },
    });
  });

  test('takes no more of a page than a bundle does', async () => {
    await using server = await served(200, 'x'.repeat(BUNDLE_LIMITS.fileBytesMax + 1));
    const { text, isCut } = await webPage(server.place, '/metrics');
    assert.deepEqual([text.length, isCut], [BUNDLE_LIMITS.fileBytesMax, true]);
  });

  test('names the page at which nobody answers', async () => {
    const { place, ...server } = await served(200, '');
    await server[Symbol.asyncDispose]();
    await assert.rejects(webPage(place, '/metrics'), { message: /^no page at 127\.0\.0\.1:\d+\/metrics: / });
  });
});
