import type { Stream } from '@libp2p/interface';

/** Members of a yamux stream beside libp2p's interface; pinned by a test. */
interface YamuxStream {
  readonly state: number;
  readonly recvWindow: number;
  readonly recvWindowCapacity: number;
  sendWindowUpdate(): void;
}

/** `Init` and `SYNReceived`: in these states an update also says that the stream is open. */
const OPENING: readonly number[] = [0, 2];

/**
 * Gives the other end of a stream room again when half of the window is used, as yamux in Go does. libp2p
 * answers every piece that comes with an update of its own, 12 bytes encrypted and written by themselves, which
 * costs four times as much as reading a vote.
 *
 * A paused stream gives no room at all. Without this, yamux takes a stream that its listener pauses during a
 * resume for one that is read: everything that a peer sends is read and kept until libp2p's buffer is full and
 * the stream is reset.
 */
export function makeWindowLazy(stream: Stream): void {
  if (!isYamuxStream(stream)) throw new Error('this version of libp2p hides the window of a stream');
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream);
  stream.sendWindowUpdate = () => {
    if (OPENING.includes(stream.state)) return sendWindowUpdate();
    const isHalfUsed = stream.recvWindowCapacity * 2 <= stream.recvWindow;
    if (isHalfUsed && stream.readStatus !== 'paused') sendWindowUpdate();
  };
}

function isYamuxStream(stream: Stream): stream is Stream & YamuxStream {
  return ['state', 'recvWindow', 'recvWindowCapacity', 'sendWindowUpdate'].every((name) => name in stream);
}
