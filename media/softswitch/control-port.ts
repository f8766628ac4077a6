import { createServer, type Server } from 'node:http';

/** HTTP on loopback that shows what is alive, for leak tests: `GET /counts`. */
export class ControlPort {
  private constructor(private readonly server: Server) {}

  /** Opens the port (0: the system picks). Rejects when it is taken. */
  static async open(port: number, counts: () => object): Promise<ControlPort> {
    const server = createServer((request, response) => {
      const isCounts = request.method === 'GET' && request.url === '/counts';
      response.writeHead(isCounts ? 200 : 404, { 'content-type': 'application/json', connection: 'close' });
      response.end(isCounts ? JSON.stringify(counts()) : '{"error":"only GET /counts"}');
      request.resume();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port }, resolve);
    });
    return new ControlPort(server);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
