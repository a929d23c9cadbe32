import { get } from 'node:http';

/** A page of a service of this machine. */
export interface LocalPage {
  readonly status: number;
  readonly text: string;
  /** There was more. */
  readonly isCut: boolean;
}

export interface PageBounds {
  readonly waitMsMax: number;
  readonly bytesMax: number;
}

const UNIX = 'unix:';

/**
 * Reads a page, as much of it as the bounds let.
 * @param place - `host:port`, or `unix:/path`.
 * @throws when nobody answers in time.
 */
export function localPage(
  place: string,
  path: string,
  { waitMsMax, bytesMax }: PageBounds,
): Promise<LocalPage> {
  const target = place.startsWith(UNIX)
    ? { socketPath: place.slice(UNIX.length), path }
    : `http://${place}${path}`;
  return new Promise((resolve, reject) => {
    const options = { signal: AbortSignal.timeout(waitMsMax), agent: false };
    const asked = typeof target === 'string' ? get(target, options) : get({ ...target, ...options });
    const refuse = (cause: Error): void =>
      reject(new Error(`no page at ${place}${path}: ${cause.message}`, { cause }));
    asked.on('error', refuse);
    asked.on('response', (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      const done = (isCut: boolean): void => {
        const text = Buffer.concat(pieces).subarray(0, bytesMax).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, isCut });
        asked.destroy();
      };
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > bytesMax) done(true);
      });
      response.on('end', () => done(false));
      response.on('error', refuse);
    });
  });
}
