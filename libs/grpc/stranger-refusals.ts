import { status } from '@grpc/grpc-js';
import type { CodedRefusal } from './status.ts';

export const CROWDED: CodedRefusal = {
  status: status.RESOURCE_EXHAUSTED,
  errorCode: 'SERVER_CROWDED',
  details: 'too many answers wait for their readers: read those, come back later, or ask another member',
};
export const GAVE_WAY: CodedRefusal = {
  status: status.RESOURCE_EXHAUSTED,
  errorCode: 'REQUEST_GAVE_WAY',
  details:
    'too many requests of this address or key are on their way, and this one was the oldest: come back later',
};
export const LATE: CodedRefusal = {
  // Not DEADLINE_EXCEEDED: that status is the caller's own deadline, and would not be tried again.
  status: status.UNAVAILABLE,
  errorCode: 'REQUEST_LATE',
  details: 'the request did not become whole in time',
};
export const COMPRESSED: CodedRefusal = {
  status: status.UNIMPLEMENTED,
  errorCode: 'REQUEST_COMPRESSED',
  details: 'compressed requests are not taken: send them as they are (identity)',
};
export const UNTRUSTED: CodedRefusal = {
  status: status.UNAUTHENTICATED,
  errorCode: 'CLIENT_CERTIFICATE_UNTRUSTED',
  details: 'the client certificate is not of an authority that this server trusts: use another, or none',
};

export function largeRequest(sizeBytes: number, sizeBytesMax: number): CodedRefusal {
  return {
    status: status.INVALID_ARGUMENT,
    errorCode: 'REQUEST_TOO_LARGE',
    details: `the request has ${sizeBytes} bytes, and ${sizeBytesMax} are taken`,
  };
}
