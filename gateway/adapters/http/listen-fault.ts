type Listening = { readonly host: string; readonly port: number };

/** Why nothing can listen there, with the setting to change. Another fault stays as it is. */
export function listenFault(error: NodeJS.ErrnoException, { host, port }: Listening): Error {
  const told = sentences[error.code ?? '']?.({ host, port });
  return told === undefined ? error : new Error(told, { cause: error });
}

const SETTING = 'HTTP_PORT (with `vaxel up`: --http-port)';

const sentences: Readonly<Record<string, (at: Listening) => string>> = {
  EADDRINUSE: ({ host, port }) => `HTTP: port ${port} of ${host} is taken by another program, perhaps another gateway (\`ss -lntp\` lists who listens): end that one, or name a free port with ${SETTING}`,
  EACCES: ({ host, port }) => `HTTP: no permission to listen on port ${port} of ${host}: name one above 1023 with ${SETTING}`,
  EADDRNOTAVAIL: ({ host }) => `HTTP: ${host} is no address of this machine: name one with HTTP_HOST`,
};
