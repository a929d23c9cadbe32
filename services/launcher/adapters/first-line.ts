import type { Socket } from 'node:net';

export interface LineBounds {
  readonly bytesMax: number;
  readonly waitMsMax: number;
}

/** The first line that comes over a connection; undefined when it ends before, is too long, or takes too long. */
export function firstLine(socket: Socket, { bytesMax, waitMsMax }: LineBounds): Promise<string | undefined> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let held = 0;
    const settle = (line: string | undefined): void => {
      clearTimeout(late);
      // Nothing behind the line is kept.
      socket.off('data', take);
      socket.pause();
      resolve(line);
    };
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      held += piece.length;
      if (held > bytesMax) return settle(undefined);
      if (piece.includes('\n')) settle(Buffer.concat(pieces).toString('utf8').split('\n')[0]);
    };
    const late = setTimeout(() => settle(undefined), waitMsMax);
    socket.on('data', take);
    socket.once('close', () => settle(undefined));
  });
}
