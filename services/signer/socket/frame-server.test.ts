import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { SignRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { CALLS_AT_ONCE_MAX } from '../words/limits.ts';
import { requestIn } from './bounded-message.ts';
import { CoreFrameReader, frameBytes } from './core-frames.ts';
import { FrameServer } from './frame-server.ts';

const FRAME_BYTES_MAX = 64 * 1024;
const ANSWER_BYTES = 16 * 1024;
/** Bytes that the kernel holds for an unread socket, and the server holds before it stops reading. */
const HELD_BYTES_MAX = 2 * 1024 * 1024;

let folder = '';
let server: FrameServer;
const path = () => join(folder, 'core.sock');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'btcfed-frames-'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function serve(answer: (byte: number) => Promise<Uint8Array>): Promise<void> {
  const bounds = { connectionsMax: 2, frameBytesMax: FRAME_BYTES_MAX };
  server = new FrameServer({ path: path(), caller: 'test', ...bounds, answer, log: memoryLogger() });
  await server.start();
}

async function connected(): Promise<Socket> {
  const socket = connect(path());
  await once(socket, 'connect');
  return socket;
}

/** Calls with this byte, in one piece. */
const calls = (count: number, byte = 1): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, (_, call) =>
      frameBytes({ call, byte, patienceMs: 0, content: new Uint8Array() }),
    ),
  );

/** Reads until so many answers came. @returns the numbers of their calls, in order. */
async function answers(socket: Socket, count: number): Promise<number[]> {
  const reader = new CoreFrameReader(FRAME_BYTES_MAX);
  const found: number[] = [];
  for await (const chunk of socket) {
    for (const { call } of reader.push(chunk)) found.push(call);
    if (found.length >= count) break;
  }
  return found;
}

describe('a socket of the core', () => {
  test('answers in order, and begins no call of who does not read the answers', async () => {
    let begun = 0;
    await serve(async () => {
      begun += 1;
      return new Uint8Array(ANSWER_BYTES);
    });
    const socket = await connected();
    socket.pause();
    socket.write(calls(1_000));
    let before = -1;
    while (begun !== before || begun === 0) {
      before = begun;
      await sleep(100);
    }
    assert.ok(begun * ANSWER_BYTES < HELD_BYTES_MAX, `${begun} calls begun`);
    assert.deepEqual(await answers(socket, 1_000), [...Array(1_000).keys()]);
  });

  test('has no more calls open at one time than may be, although more came in one piece', async () => {
    const held: (() => void)[] = [];
    let open = 0;
    let most = 0;
    /** Every open call is answered only when as many as may be are open, and the server had turns to open more. */
    const answerAll = async () => {
      await sleep(20);
      for (const answer of held.splice(0)) answer();
    };
    await serve(async () => {
      open += 1;
      most = Math.max(most, open);
      if (open === CALLS_AT_ONCE_MAX) void answerAll();
      await new Promise<void>((resolve) => held.push(resolve));
      open -= 1;
      return new Uint8Array();
    });
    const socket = await connected();
    socket.write(calls(3 * CALLS_AT_ONCE_MAX));
    assert.equal((await answers(socket, 3 * CALLS_AT_ONCE_MAX)).length, 3 * CALLS_AT_ONCE_MAX);
    assert.equal(most, CALLS_AT_ONCE_MAX);
  });

  test('answers others between the calls of who sends many', async () => {
    const begun: number[] = [];
    await serve(async (byte) => {
      begun.push(byte);
      return new Uint8Array();
    });
    const [many, one] = [await connected(), await connected()];
    many.write(calls(5_000, 1));
    one.write(calls(1, 2));
    await Promise.all([answers(many, 5_000), answers(one, 1)]);
    assert.ok(begun.indexOf(2) < 4_000, `the other is call ${begun.indexOf(2)}`);
  });

  test('does not take the place of a file that is none', async () => {
    await writeFile(path(), 'a record');
    await assert.rejects(
      serve(async () => new Uint8Array()),
      /it is no socket/,
    );
    assert.equal(await readFile(path(), 'utf8'), 'a record');
  });
});

test('a request is read up to the fields that a message can have', () => {
  const unknown = Buffer.alloc(40_000, Buffer.from([0x7a, 0x00]));
  assert.throws(() => requestIn(SignRequest, unknown), {
    detail: { code: 'SIGNER_MALFORMED', field: 'message' },
  });
  assert.throws(() => requestIn(SignRequest, Buffer.from([0x0a, 0x05])), /malformed request/);
  assert.equal(requestIn(SignRequest, unknown.subarray(0, 400)).statement, undefined);
});
