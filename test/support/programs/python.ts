import { spawnSync } from 'node:child_process';
import { skipWithout } from '#test/support/runner/required.ts';

const MS_MAX = 300_000;

/** The Python of the PATH may be another than that of the system, whose packages Debian installs. */
const CANDIDATES = ['python3', '/usr/bin/python3'];

/** A Python that speaks gRPC. */
export const python = CANDIDATES.find(
  (command) =>
    spawnSync(command, ['-c', 'import grpc, google.protobuf'], { timeout: MS_MAX, stdio: 'ignore' })
      .status === 0,
);

/** Why there is none; false: there is one. */
export const noPython = skipWithout(
  python === undefined && 'no Python has gRPC: install the packages python3-grpcio and python3-protobuf',
);
