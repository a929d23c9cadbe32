import { get } from 'node:http';
import { BUNDLE_LIMITS } from './limits.ts';

/** A page of a service of this machine. */
export interface WebPage {
  readonly status: number;
  readonly text: string;
  /** There was more. */
  readonly isCut: boolean;
}

/**
 * Reads a page, as much of it as a bundle takes.
 * @param place - `host:port`.
 * @throws when nobody answers in time.
 */
export function webPage(place: string, path: string): Promise<WebPage> {
  const { pageMs, fileBytesMax } = BUNDLE_LIMITS;
  return new Promise((resolve, reject) => {
    const request = get(`http://${place}${path}`, { signal: AbortSignal.timeout(pageMs) }, (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      const done = (isCut: boolean): void => {
        const text = Buffer.concat(pieces).subarray(0, fileBytesMax).toString('utf8');
        resolve({ status: response.statusCode ?? 0, text, isCut });
        request.destroy();
      };
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > fileBytesMax) done(true);
      });
      response.on('end', () => done(false));
      response.on('error', reject);
    });
    request.on('error', (cause) =>
      reject(new Error(`no page at ${place}${path}: ${cause.message}`, { cause })),
    );
  });
}
