import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The anchor of a fan-out: a server that writes a line to one of its sockets, round robin. */
export class SocketHouse {
  private readonly sockets: Socket[] = [];
  private turn = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      this.sockets.push(socket);
    });
  }

  static async open(): Promise<SocketHouse> {
    const house = new SocketHouse();
    house.server.listen(0, '127.0.0.1');
    await once(house.server, 'listening');
    return house;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  send(line: string): void {
    this.sockets[(this.turn += 1) % this.sockets.length]?.write(`${line}\n`);
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
