import { BoundedReader } from '#libs/wire/bounded-reader.ts';
import { SignerError } from '../words/errors.ts';
import { CORE_MESSAGE_FIELDS_MAX } from '../words/limits.ts';

/**
 * A reader that gives up after as many fields as the largest message has: two bytes can become an object of a
 * hundred bytes.
 */
export function bounded(bytes: Uint8Array): BoundedReader {
  return new BoundedReader(bytes, CORE_MESSAGE_FIELDS_MAX);
}

/** The request in a frame. @throws SignerError `SIGNER_MALFORMED`. */
export function requestIn<Request>(
  codec: { decode(input: BoundedReader): Request },
  content: Uint8Array,
): Request {
  try {
    return codec.decode(bounded(content));
  } catch {
    // The error has no cause: the decoder throws plain errors of many kinds, and a flood of them would fill the log.
    throw new SignerError('malformed request: no message of this method', {
      code: 'SIGNER_MALFORMED',
      field: 'message',
    });
  }
}
