import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { CLIENT_LIMITS } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { noPython, python } from '#test/support/programs/python.ts';

const SERVICE = 'btcfed.consensus.v1.ConsensusService';
const SCRIPT = fileURLToPath(new URL('reflection-client.py', import.meta.url));
const SCRIPT_MS_MAX = 300_000;

/** The output of reflection-client.py. */
interface Found {
  readonly services: readonly string[];
  readonly files: readonly string[];
  readonly fields: Readonly<Record<string, { json: string; presence: boolean; map: boolean }>>;
  readonly answer: Readonly<Record<string, unknown>>;
}

describe("Python's protobuf and gRPC, which know nothing but the address of a member", {
  skip: noPython,
}, () => {
  const member = memoryMember();
  const log = memoryLogger();
  const api = clientApi(member.ports, CLIENT_LIMITS);
  let server: GrpcServer;
  let found: Found;
  before(async () => {
    const service = bindService(ConsensusServiceDefinition, api.handlers, {
      log,
      statusByCode: CLIENT_STATUS,
    });
    server = grpcServer({ address: '127.0.0.1:0', services: [service], log });
    await server.start();
    const args = [SCRIPT, server.boundAddress(), SERVICE, 'GetStatus'];
    const { stdout } = await promisify(execFile)(python ?? '', args, { timeout: SCRIPT_MS_MAX });
    found = JSON.parse(stdout);
  });
  after(() => server.stop());

  test('F-30 load the contracts, each file by its name', () => {
    assert.deepEqual([...found.services].sort(), [SERVICE, 'grpc.health.v1.Health']);
    for (const name of ['consensus_service', 'audit', 'block', 'certificate']) {
      assert.ok(found.files.includes(`btcfed/consensus/v1/${name}.proto`), name);
    }
  });

  test('F-30 see optional fields, maps and JSON names as the contract has them', () => {
    const { fields } = found;
    assert.deepEqual(fields['refused_messages'], { json: 'refusedMessages', presence: false, map: true });
    assert.deepEqual(fields['catch_up_remaining_s'], {
      json: 'catchUpRemainingS',
      presence: true,
      map: false,
    });
    assert.equal(Object.values(fields).filter(({ map }) => map).length, 1);
  });

  test('F-30 call a method and read its answer', () => {
    assert.deepEqual(found.answer['refusedMessages'], { stale: '4' });
    assert.equal(found.answer['timedOutViews'], '1');
  });
});
