import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Node that npm itself needs here; everything else runs on the Node of the dependencies. */
const HOST_NODE_MAJOR_MIN = 20;

/** The first line of Node that runs this code as it stands: TypeScript and SLH-DSA without a flag. */
const NODE_MAJOR = 24;

/**
 * @param {{ versions: { node: string } }} host
 * @returns {number}
 */
function nodeMajor({ versions }) {
  return Number.parseInt(versions.node, 10);
}

/**
 * Where npm puts the Node of the dependencies.
 * @param {string} root
 * @param {string} arch
 */
function installedNode(root, arch) {
  return join(root, `node_modules/node-linux-${arch}/bin/node`);
}

/**
 * Why this machine cannot run the federation, or undefined.
 * @param {{ versions: { node: string }, platform: string, arch: string }} host
 */
export function platformProblem(host) {
  const { platform, arch, versions } = host;
  if (nodeMajor(host) < HOST_NODE_MAJOR_MIN) {
    return `Node ${HOST_NODE_MAJOR_MIN} or newer is needed, this is ${versions.node}; install nodejs ${HOST_NODE_MAJOR_MIN}.`;
  }
  const shipped = platform === 'linux' && ['x64', 'arm64'].includes(arch);
  if (shipped || nodeMajor(host) === NODE_MAJOR) return undefined;
  return `Node ${NODE_MAJOR} comes with the dependencies for Linux on x64 and arm64 only; on ${platform} ${arch} start it with a Node ${NODE_MAJOR} of your own.`;
}

/**
 * Why the dependencies are not enough, or undefined: an install that left optional packages out has no Node 24.
 * @param {string} root
 * @param {{ versions: { node: string }, arch: string }} host
 */
export function installedNodeProblem(root, host) {
  if (existsSync(installedNode(root, host.arch)) || nodeMajor(host) === NODE_MAJOR) return undefined;
  return `Node ${NODE_MAJOR} is not in node_modules: run "npm ci" without --omit=optional.`;
}
