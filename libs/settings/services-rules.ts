import type { ConfFault } from './conf-fault.ts';
import { isHostPort } from './host-port.ts';
import type { NodeConfiguration } from './node-configuration.ts';

/** The form of a `host:port` that only this machine can reach. */
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/;

type ServicesTexts = NodeConfiguration['services'];

export function servicesProblem(services: ServicesTexts): ConfFault | undefined {
  const { clientAddress, signerAddress, natsUrl } = services;
  const rule = 'must be host:port with a port from 1 to 65535, such as 127.0.0.1:7101 or [::1]:7101';
  const [client, signer, nats] = ['services.client_address', 'services.signer_address', 'services.nats_url'];
  if (!isHostPort(clientAddress)) return { key: client, text: `${client} ${rule}` };
  if (!isHostPort(signerAddress)) return { key: signer, text: `${signer} ${rule}` };
  if (clientAddress === signerAddress) return { key: signer, text: `${signer} must differ from ${client}` };
  if (natsUrl !== '' && !isNatsUrl(natsUrl)) {
    // A URL may hold a password.
    const text = `${nats} must be a URL such as nats://127.0.0.1:4222, or empty`;
    return { key: nats, text, isHidden: true };
  }
  return clientTlsFault(services);
}

/** Plain text is for this machine only: elsewhere a client could not know which server answers. */
function clientTlsFault(services: ServicesTexts): ConfFault | undefined {
  const { clientAddress, clientTlsCert, clientTlsKey, clientTlsCa } = services;
  const [cert, key, ca] = ['services.client_tls_cert', 'services.client_tls_key', 'services.client_tls_ca'];
  if ((clientTlsCert === '') !== (clientTlsKey === '')) {
    const text = `${cert} and ${key} need each other: set both or none`;
    return { key: clientTlsCert === '' ? key : cert, text };
  }
  for (const [name, path] of [
    [cert, clientTlsCert],
    [key, clientTlsKey],
    [ca, clientTlsCa],
  ] as const) {
    if (path.split('/').includes('..') || /\p{Cc}/u.test(path)) {
      return { key: name, text: `${name} must be a path without ".."` };
    }
  }
  if (clientTlsCa !== '' && clientTlsCert === '') {
    const text = `${ca} needs ${cert} and ${key}: without TLS no client shows a certificate`;
    return { key: ca, text };
  }
  if (clientTlsCert !== '' || LOOPBACK.test(clientAddress)) return undefined;
  const text = `services.client_address ${clientAddress} is not on loopback: set ${cert} and ${key}, or take 127.0.0.1`;
  return { key: 'services.client_address', text, isHidden: true };
}

/** One URL, or several behind commas. */
function isNatsUrl(text: string): boolean {
  return text.split(',').every((one) => /^(?:nats|tls):\/\/./.test(one) && URL.canParse(one));
}
